import {
  gateOfPush,
  gateOfRelease,
  gatesOfChange,
  type Policies,
  type PolicySource,
} from '../policy/composing/gates.js'
import { weaknesses } from '../policy/evidence/weaknesses.js'
import { ask, factFor, type Facts, type Question } from '../policy/facts.js'
import type { Gate } from '../policy/gate.js'
import { questionsOfAll } from '../gatekeeper/judge.js'
import type { Clock, Repository } from '../gatekeeper/ports.js'
import type { GuardedEnvironment } from '../github/personal.js'
import { formatProblem } from '../policy/reading/problems.js'
import { factName } from '../policy/words/facts.js'
import { weakness } from '../policy/words/protection.js'
import { PLAIN } from '../policy/words/text.js'

/** `ok`; `bad`: a gate does not work, or stays shut; `unseen`: this look cannot tell. */
export interface Checked {
  readonly state: 'ok' | 'bad' | 'unseen'
  readonly text: string
}

const ok = (text: string): Checked => ({ state: 'ok', text })
const bad = (text: string): Checked => ({ state: 'bad', text })
const unseen = (text: string): Checked => ({ state: 'unseen', text })

/** Whether a layer's file is there, and can be read. */
export const checkedFile = (whose: string, source: PolicySource, isUnseen = false): readonly Checked[] => {
  switch (source.state) {
    case 'present':
      return [ok(`${whose} policy is valid`)]
    case 'absent':
      return isUnseen
        ? [unseen(`${whose} policy cannot be seen with this token; if there is one, it is not looked at here`)]
        : [ok(`${whose} policy is not there`)]
    case 'invalid':
      return source.problems
        .filter(({ severity }) => severity === 'error')
        .map((problem) => bad(`${whose} policy: ${PLAIN.line(formatProblem(problem))}`))
    case 'unreadable':
      return [unseen(`${whose} policy: ${PLAIN.line(source.reason)}`)]
  }
}

/** Each environment: whether GitHub asks the app before a job enters it, and whether any rule is for it. */
export const checkedEnvironment = (
  { name, apps }: GuardedEnvironment,
  gate: Gate,
  appId: number | null,
): readonly Checked[] => {
  const called = `environment ${PLAIN.value(name)}`
  const guarded =
    apps === null
      ? unseen(`${called}: this token does not see its protection rules`)
      : appId === null
        ? unseen(`${called}: whether GitHub asks this app cannot be told without --app-id or APP_ID`)
        : apps.includes(appId)
          ? ok(`${called}: GitHub asks this app before a job enters`)
          : bad(`${called}: GitHub does not ask this app, so jobs enter ungated; enable its protection rule there`)
  return gate.problem?.code === 'no_rule_applies'
    ? [guarded, bad(`${called}: the policy has no rule for it, so nothing can be released there`)]
    : [guarded]
}

const PEOPLE = ['teams', 'users', 'roles', 'organizations']
const isAsked = ({ about }: Question): boolean => PEOPLE.includes(about) || about === 'protection'

/** The gates of a repository's default branch and of these environments. */
export const gatesOf = (
  policies: Policies,
  at: { readonly repository: string; readonly defaultBranch: string },
  environments: readonly string[],
): readonly Gate[] => [
  ...gatesOfChange(policies, { ...at, base: at.defaultBranch }),
  ...[gateOfPush(policies, { ...at, branch: at.defaultBranch })].filter((gate) => gate !== null),
  ...environments.map((environment) => gateOfRelease(policies, { ...at, environment })),
]

/** The people that these gates name, and what GitHub enforces on the default branch, as far as they can be read. */
export const factsFor = async (
  repository: Repository,
  gates: readonly Gate[],
  { defaultBranch, tip }: { readonly defaultBranch: string; readonly tip: string },
  clock: Clock,
): Promise<Facts> => {
  const questions = questionsOfAll(gates, [ask.protection]).filter(isAsked)
  const subject = { kind: 'push', branch: defaultBranch, before: null, after: tip, by: null } as const
  return repository.facts(subject, questions, clock.now(), { fresh: true })
}

/** Each group's part that a gate names: whether it can be read, and whether anybody is in it. */
export const checkedPeople = (facts: Facts): readonly Checked[] =>
  [...facts].flatMap(([key, fact]) => {
    if (!PEOPLE.includes(key.split('/')[0] ?? '')) return []
    const called = factName(key, PLAIN)
    if (!fact.known) return [bad(`${called}: ${PLAIN.line(fact.reason)}`)]
    return Array.isArray(fact.value) && fact.value.length === 0
      ? [bad(`${called}: nobody is in it, so nobody can approve or release`)]
      : [ok(`${called} can be read`)]
  })

/** Whether GitHub enforces on the default branch what the policy asks of it, this app's own check among it. */
export const checkedProtection = (
  facts: Facts,
  gate: Gate | undefined,
  branch: string,
  appId: number | null,
): readonly Checked[] => {
  if (gate === undefined || !facts.has(ask.protection.key)) return []
  const called = `branch ${PLAIN.value(branch)}`
  const fact = factFor(facts, ask.protection)
  if (!fact.known) return [unseen(`${called}: ${PLAIN.line(fact.reason)}`)]
  const weak = weaknesses(fact.value, gate.protectionOf(branch)).filter(
    ({ key }) => appId !== null || key !== 'own_check',
  )
  const own = appId === null ? [unseen(`${called}: its required check cannot be told without --app-id or APP_ID`)] : []
  return weak.length === 0
    ? [ok(`${called}: GitHub enforces what the policy asks`), ...own]
    : [...weak.map((each) => bad(`${called}: ${weakness({ ...each }, PLAIN)}`)), ...own]
}
