import { decide } from '../policy/decide.js'
import { ask, factFor, type Facts, type Instant, type Question } from '../policy/facts.js'
import { reviveFacts } from '../policy/facts-json.js'
import type { Gate } from '../policy/gate.js'
import { gateOfPush, gateOfRelease, gatesOfChange, type Policies } from '../policy/composing/gates.js'
import { combined } from '../policy/scenario/scenario.js'
import type { Json, Verdict } from '../policy/verdict.js'

/** What the facts themselves may not tell. */
export interface StoredAbout {
  readonly repository?: string
  readonly defaultBranch?: string
  readonly now?: Instant
}

/** The facts in a ledger entry's body, or by themselves; `null`: this is neither. */
export const storedFacts = (text: string): Facts | null => {
  if (!text.trimStart().startsWith('{') || !text.includes('"$map"')) return null
  const json = JSON.parse(text) as { readonly facts?: Json } & { readonly [key: string]: Json }
  return reviveFacts(json.facts ?? json)
}

/**
 * Judges stored facts by other policies: as of the newest of them, unless another time is given.
 *
 * @throws {Error} when the facts do not tell what they are about.
 */
export const judgeStored = (facts: Facts, policies: Policies, about: StoredAbout): Verdict => {
  const now = about.now ?? Math.max(...[...facts.values()].map(({ at }) => at))
  const verdicts = gatesOf(facts, policies, about).map((gate) => decide(gate, facts, now))
  const verdict = combined(verdicts)
  if (!verdict) throw new Error('no gate of these policies guards what the facts are about')
  return verdict
}

/** The gates of these policies that guard what the facts are about. @throws {Error} when they do not tell. */
export const gatesOf = (facts: Facts, policies: Policies, about: StoredAbout): readonly Gate[] => {
  const known = <A>(question: Question<A>): A | null => {
    const fact = factFor(facts, question)
    return fact.known ? fact.value : null
  }
  const repository = about.repository ?? known(ask.repository)?.fullName
  if (repository === undefined) throw new Error('the facts do not tell the repository; name it with --repository')
  const at = { repository, defaultBranch: about.defaultBranch ?? known(ask.repository)?.defaultBranch ?? 'main' }
  const change = known(ask.change)
  if (change) return gatesOfChange(policies, { ...at, base: change.base })
  const deployment = known(ask.deployment)
  if (deployment) return [gateOfRelease(policies, { ...at, environment: deployment.environment })]
  const push = known(ask.push)
  if (push) return [gateOfPush(policies, { ...at, branch: push.branch })].filter((gate) => gate !== null)
  throw new Error('the facts tell neither a change, nor a deployment, nor a push')
}
