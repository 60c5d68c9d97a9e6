import type { LedgerEntry } from '../gatekeeper/ports.js'
import type { Policies } from '../policy/composing/gates.js'
import { decide, questionsOf } from '../policy/decide.js'
import { ask, factFor, type Facts, type Instant } from '../policy/facts.js'
import { reviveFacts } from '../policy/facts-json.js'
import type { Gate } from '../policy/gate.js'
import type { Decision, GateKind, Verdict } from '../policy/verdict.js'
import { titleOf } from '../policy/words/explain.js'
import { gatesOf } from './stored-facts.js'

/** A decision on record, and what another policy would have made of the same facts at the same time. */
export interface Replayed {
  readonly sequence: number
  readonly at: Instant
  readonly repository: string | null
  readonly subject: string | null
  readonly kind: GateKind
  readonly gate: string
  readonly was: Decision
  /** `none`: the policy has no such gate; `untold`: it asks facts that were not read then; `gone`: its facts are not kept. */
  readonly would: Decision | 'none' | 'untold' | 'gone'
  /** Why it would. */
  readonly title: string | null
}

/** The repository that a decision is of; `gone`: its facts are not kept; `null`: they do not tell. */
export const repositoryOf = ({ body }: LedgerEntry): string | null => {
  if (typeof body['facts'] === 'string') return 'gone'
  const repository = factFor(reviveFacts(body['facts'] ?? null), ask.repository)
  return repository.known ? repository.value.fullName : null
}

/** @throws {Error} when the entry is not what this program writes, with its number. */
export const replayed = (entry: LedgerEntry, policies: Policies): Replayed => {
  try {
    return judgedAgain(entry, policies)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(
      `entry ${entry.sequence} of the ledger cannot be judged again: ${why}. \`release-gates audit verify\` tells whether the ledger is whole`,
      { cause: error },
    )
  }
}

const judgedAgain = (entry: LedgerEntry, policies: Policies): Replayed => {
  const { sequence, at, subject, body } = entry
  const recorded = body['verdict'] as unknown as Verdict | undefined
  if (recorded === undefined || body['facts'] === undefined) throw new Error('it is no verdict with facts')
  const { kind, gate: name, decision: was } = recorded
  const about = { sequence, at, subject, kind, gate: name, was }
  if (typeof body['facts'] === 'string') return { ...about, repository: null, would: 'gone', title: null }
  const facts = reviveFacts(body['facts'])
  const repository = factFor(facts, ask.repository)
  const gate = gatesOf(facts, policies, {}).find((each) => isSame(each, recorded))
  const base = { ...about, repository: repository.known ? repository.value.fullName : null }
  if (gate === undefined) return { ...base, would: 'none', title: null }
  const verdict = decide(gate, facts, at)
  if (verdict.decision === 'undecided' && asksUnread(gate, facts)) return { ...base, would: 'untold', title: null }
  return { ...base, would: verdict.decision, title: titleOf(verdict) }
}

const isSame = ({ kind, name }: Gate, recorded: Verdict): boolean =>
  kind === recorded.kind && name.toLowerCase() === recorded.gate.toLowerCase()

const asksUnread = (gate: Gate, facts: Facts): boolean => questionsOf(gate).some(({ key }) => !facts.has(key))
