import { branchConflicts, conflictsIn, releaseConflicts, type Conflict } from '../reading/between-files.js'
import {
  branchesOf,
  branchGate,
  builtInFiles,
  emptyGate,
  filesFor,
  keyMatches,
  policyGate,
  releaseGate,
  type Files,
  type PlaceOfGate,
} from './composition.js'
import type { Gate } from '../gate.js'
import { sameName } from '../reading/names.js'
import { globProblem } from '../patterns.js'
import type { PolicyDocument } from '../reading/policy-document.js'
import { formatProblem, type PolicyProblem } from '../reading/problems.js'
import { remembered } from './remembered.js'

export type { PlaceOfGate } from './composition.js'

/** What became of reading one policy file. `absent` is certain: the tree was read, and the file is not in it. */
export type PolicySource =
  | { readonly state: 'present'; readonly policy: PolicyDocument; readonly sha: string }
  | { readonly state: 'absent' }
  | {
      readonly state: 'invalid'
      readonly problems: readonly PolicyProblem[]
      readonly sha: string
      /** Branch keys that could be read; absent: it may mean to guard any branch. */
      readonly branches?: readonly string[]
    }
  | { readonly state: 'unreadable'; readonly reason: string }

export interface Policies {
  readonly organisation: PolicySource
  readonly repository: PolicySource
}

/** The gates that guard a pull request into `base`: merge, policy, both or none. */
export const gatesOfChange = (policies: Policies, at: PlaceOfGate & { readonly base: string }): readonly Gate[] =>
  composed(policies, at, `change ${at.base}`, (files) => {
    const merge = branchGate(files, 'merge', at.base)
    const policy = policyGate(files, at.base)
    const gates = [
      merge && troubled(merge, files, branchConflicts(files, 'merge', at.base)),
      policy && troubled(policy, files, []),
    ]
    const found = gates.filter((gate) => gate !== null)
    return closing(policies, found, () =>
      mayGuard(policies, files, at.base) ? [emptyGate(files, 'merge', at.base)] : [],
    )
  })

/** The gate of a branch's tip, or `null` where nothing guards it. */
export const gateOfPush = (policies: Policies, at: PlaceOfGate & { readonly branch: string }): Gate | null =>
  composed(policies, at, `push ${at.branch}`, (files) => {
    const push = branchGate(files, 'push', at.branch)
    const found = push === null ? [] : [troubled(push, files, branchConflicts(files, 'push', at.branch))]
    return closing(policies, found, () =>
      mayGuard(policies, files, at.branch) ? [emptyGate(files, 'push', at.branch)] : [],
    )
  })[0] ?? null

/** The gate of an environment. There is always one: without any policy file the built-in one's. */
export const gateOfRelease = (policies: Policies, at: PlaceOfGate & { readonly environment: string }): Gate => {
  const { environment } = at
  const [gate] = composed(policies, at, `release ${environment}`, (files) => {
    const ungoverned = files.organisation === null && files.repository === null && !troubleIn(policies)
    const gate = releaseGate(ungoverned ? builtInFiles(at) : files, environment)
    const own = troubled(gate, files, releaseConflicts(files, environment))
    return closing(policies, [named(own)], () => [])
  })
  if (gate === undefined) throw new Error(`no release gate was composed for ${environment}`)
  return gate
}

/**
 * The merge gate by which a shipped change without a record is judged: the branch's own, or the built-in one where no
 * file governs the repository; `null` where a file governs it and asks nothing of that branch.
 */
export const mergeGateOfShipped = (policies: Policies, at: PlaceOfGate & { readonly base: string }): Gate | null => {
  const [merge] = gatesOfChange(policies, at).filter(({ kind }) => kind === 'merge')
  if (merge !== undefined) return merge
  const [built] = composed(policies, at, `shipped ${at.base}`, (files) => {
    const ungoverned = files.organisation === null && files.repository === null && !troubleIn(policies)
    const gate = ungoverned ? branchGate(builtInFiles(at), 'merge', at.base) : null
    return gate === null ? [] : [gate]
  })
  return built ?? null
}

/** Environments that a policy names, as it writes them; more are gated by their tier. */
export const namedEnvironments = ({ organisation, repository }: Policies, at: PlaceOfGate): readonly string[] => {
  const files = filesFor(documentOf(organisation), documentOf(repository), at)
  const names = [files.organisation, files.repository].flatMap(
    (file) => file?.environments.map(({ name }) => name) ?? [],
  )
  return names.filter((name, index) => names.findIndex((other) => sameName(other, name)) === index)
}

/** Whether any gate or protection of either file is about this branch. */
export const coversBranch = ({ organisation, repository }: Policies, at: PlaceOfGate, branch: string): boolean => {
  const files = filesFor(documentOf(organisation), documentOf(repository), at)
  return [files.organisation, files.repository].some((file) => branchesOf(file, branch, at).length > 0)
}

const documentOf = (source: PolicySource): PolicyDocument | null => (source.state === 'present' ? source.policy : null)

const troubleIn = ({ organisation, repository }: Policies): boolean =>
  [organisation, repository].some(({ state }) => state === 'invalid' || state === 'unreadable')

/** Composes once for the same two documents and place; where a file could not be read, every time. */
const composed = (
  policies: Policies,
  at: PlaceOfGate,
  key: string,
  compose: (files: Files) => readonly Gate[],
): readonly Gate[] => {
  const organisation = documentOf(policies.organisation)
  const repository = documentOf(policies.repository)
  const make = () => compose(filesFor(organisation, repository, at))
  if (troubleIn(policies)) return make()
  return remembered(organisation, repository, `${at.repository}\n${at.defaultBranch}\n${key}`, make)
}

/** A file that could not be read closes every gate it may govern, those it alone would have made too. */
const closing = (policies: Policies, gates: readonly Gate[], otherwise: () => readonly Gate[]): readonly Gate[] => {
  const problem =
    problemOfSource('repository', policies.repository) ?? problemOfSource('organisation', policies.organisation)
  if (problem === null) return gates
  return (gates.length > 0 ? gates : otherwise()).map((gate) => ({ ...gate, problem }))
}

const problemOfSource = (source: 'organisation' | 'repository', read: PolicySource): Gate['problem'] => {
  switch (read.state) {
    case 'present':
    case 'absent':
      return null
    case 'invalid':
      return {
        code: 'policy_invalid',
        values: { source, sha: read.sha, problems: read.problems.slice(0, 20).map(formatProblem) },
      }
    case 'unreadable':
      return { code: 'fact_unknown', values: { source, fact: 'policy', reason: read.reason } }
  }
}

/** Whether a file that could not be read may mean to guard a branch; only keys that could be read tell that it does not. */
const mayGuard = ({ organisation, repository }: Policies, { at }: Files, branch: string): boolean =>
  [organisation, repository].some((source) => {
    if (source.state === 'unreadable') return true
    if (source.state !== 'invalid') return false
    return source.branches === undefined || source.branches.some((key) => keyMayMatch(key, branch, at))
  })

const keyMayMatch = (key: string, branch: string, { defaultBranch }: PlaceOfGate): boolean =>
  key !== '~default' && globProblem(key) !== null ? true : keyMatches(key, branch, defaultBranch)

/** The gate with what the organisation's file forbids about the repository's file, whose gates are closed by it. */
const troubled = (gate: Gate, files: Files, own: readonly Conflict[]): Gate => {
  const conflicts = distinct([...own, ...conflictsIn(files)])
  const [first] = conflicts
  if (first === undefined) return gate
  const lowering = conflicts.filter(({ code }) => code === 'tier_lowered')
  const here = lowering.some(
    ({ environment }) => environment !== undefined && gate.kind === 'release' && sameName(environment, gate.name),
  )
  const problems = conflicts.map(
    ({ message, place: { file, line, column } }) => `\`${file}:${line}:${column}\` ${message}`,
  )
  return {
    ...gate,
    problem: {
      code: here ? 'tier_lowered' : 'policy_invalid',
      ...(lowering.length === 0 ? {} : { also: [here ? 'policy_invalid' : 'tier_lowered'] as const }),
      values: { source: 'repository', problems },
    },
  }
}

const distinct = (conflicts: readonly Conflict[]): readonly Conflict[] => [
  ...new Map(conflicts.map((conflict) => [JSON.stringify(conflict), conflict])).values(),
]

/** An environment that no layer has a gate for is not free to go. */
const named = (gate: Gate): Gate => {
  const asks = gate.layers.some(({ entries, rollback }) => entries.length > 0 || rollback !== null)
  return asks || gate.problem !== null
    ? gate
    : { ...gate, problem: { code: 'no_rule_applies', values: { environment: gate.name, tier: gate.tier } } }
}
