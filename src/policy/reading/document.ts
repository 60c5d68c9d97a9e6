import { readBranch } from './branch-section.js'
import { readEntries, type EntryContext } from './entries.js'
import { readEnvironments, readTiers } from './environment-section.js'
import { readFreezes } from './freeze-section.js'
import { readGroups } from './group-section.js'
import { adviceOn } from './advice.js'
import { readBinding, readMode } from './organisation-keys.js'
import type { PolicyDocument, PolicyOrigin, PolicySection } from './policy-document.js'
import { FILE_START, hasErrors, reportOn, type PolicyProblem, type Report } from './problems.js'
import { readLocked } from './release-section.js'
import { asMap, isMisspelt, knownPairs, placeOf } from './sections.js'
import { readYamlTree, type MapNode, type Node } from './yaml.js'

export type { PolicyDocument, PolicyOrigin } from './policy-document.js'
export { formatProblem, type PolicyProblem } from './problems.js'

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: PolicyDocument; readonly warnings: readonly PolicyProblem[] }
  | {
      readonly ok: false
      readonly problems: readonly PolicyProblem[]
      /** Branch keys that could be read; absent where the file cannot tell which branches it means to guard. */
      readonly branches?: readonly string[]
    }

const KEYS = ['version', 'groups', 'policy', 'branches', 'environments', 'tiers', 'freezes'] as const
const ORGANISATION_KEYS = ['repositories', 'locked', 'mode'] as const

/**
 * Reads a policy file: every mistake in it, not only the first. What two files are to each other (names of groups,
 * tiers, locks, events) is found at composition.
 *
 * @param file how the file is called in places and messages.
 */
export const parsePolicy = (text: string, file: string, origin: PolicyOrigin): ParsedPolicy => {
  const report = reportOn(file)
  const root = readYamlTree(text, report)
  const map = root === null ? null : asMap(root, 'The file', report)
  if (map === null) return { ok: false, problems: inOrder(report.problems) }
  const policy = readDocument(map, origin, report)
  if (hasErrors(report.problems)) return { ok: false, problems: inOrder(report.problems), ...branchKeys(map) }
  return {
    ok: true,
    policy,
    get warnings() {
      return inOrder([...report.problems, ...adviceAgain(policy, text)])
    },
  }
}

/** Advice is asked for seldom, and by then the tree is gone: the text is read once more. */
const adviceAgain = (policy: PolicyDocument, text: string): readonly PolicyProblem[] => {
  const root = readYamlTree(text, reportOn(policy.file))
  return root?.kind === 'map' ? adviceOn(policy, root) : []
}

const readDocument = (map: MapNode, origin: PolicyOrigin, report: Report): PolicyDocument => {
  const organisation = origin === 'organisation'
  const values = knownTop(map, organisation, report)
  if (!isMisspelt(map, 'version')) readVersion(values.get('version'), report)
  const context = { report }
  return {
    file: report.file,
    origin,
    groups: readGroups(values.get('groups'), report),
    policy: readPolicy(values.get('policy'), context),
    branches: pairsOf(values.get('branches'), '`branches`', report).flatMap(
      (pair) => readBranch(pair, context, organisation) ?? [],
    ),
    environments: readEnvironments(values.get('environments'), context, organisation),
    tiers: readTiers(values.get('tiers'), context, organisation),
    freezes: readFreezes(values.get('freezes'), report),
    repositories: readBinding(values.get('repositories'), report),
    locked: readLocked(values.get('locked'), ['merge', 'policy', 'push', 'release'], report),
    mode: readMode(values.get('mode'), report),
  }
}

const knownTop = (map: MapNode, organisation: boolean, report: Report): ReadonlyMap<string, Node> =>
  organisation
    ? knownPairs(map, [...KEYS, ...ORGANISATION_KEYS], 'at the top of an organisation policy', report)
    : knownPairs(map, KEYS, 'at the top of a policy', report)

const readVersion = (node: Node | undefined, report: Report): void => {
  if (node === undefined)
    return report.error(FILE_START, '`version` is missing; write `version: 1`.', { allowed: ['1'] })
  if (node.kind === 'scalar' && node.value === 1) return
  const value = node.kind === 'scalar' ? node.text : node.kind
  report.error(node.span, `\`version\` is \`${value}\`; it must be the number 1.`, { value, allowed: ['1'] })
}

const readPolicy = (
  node: Node | undefined,
  context: Omit<EntryContext, 'kind' | 'predicates'>,
): PolicySection | null => {
  if (node === undefined) return null
  const entries = readEntries(node, '`policy`', { ...context, kind: 'policy', predicates: false })
  return { entries, place: placeOf(context.report, node.span) }
}

const pairsOf = (node: Node | undefined, what: string, report: Report): MapNode['pairs'] =>
  node === undefined ? [] : (asMap(node, what, report)?.pairs ?? [])

/** Which branches an invalid file means to guard, where that much can be read. */
const branchKeys = (map: MapNode): { readonly branches?: readonly string[] } => {
  const branches = map.pairs.find(({ key }) => key === 'branches')?.value
  const unreadable = map.pairs.some(({ key }) => !KEYS.some((known) => known === key))
  if (unreadable || (branches !== undefined && branches.kind !== 'map')) return {}
  return { branches: (branches?.pairs ?? []).map(({ key }) => key) }
}

const inOrder = (problems: readonly PolicyProblem[]): readonly PolicyProblem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
