import { decide, questionsOf } from '../policy/decide.js'
import type { Facts, Instant, Question } from '../policy/facts.js'
import type { Gate } from '../policy/gate.js'
import type { Decision, Verdict } from '../policy/verdict.js'

/** The questions of several gates, each once. */
export const questionsOfAll = (gates: readonly Gate[], also: readonly Question[] = []): readonly Question[] => {
  const byKey = new Map<string, Question>()
  for (const question of [...gates.flatMap(questionsOf), ...also]) byKey.set(question.key, question)
  return [...byKey.values()]
}

const SEVERITY: Readonly<Record<Decision, number>> = { allow: 0, wait: 1, undecided: 2, deny: 3 }

/** deny > undecided > wait > allow; of nothing: undecided. */
export const worstOf = (decisions: readonly Decision[]): Decision =>
  decisions.reduce<Decision>(
    (worst, one) => (SEVERITY[one] > SEVERITY[worst] ? one : worst),
    decisions[0] ?? 'undecided',
  )

/**
 * Several verdicts as one: the worst decision, all findings, the earliest look-again. Gates that do not apply say
 * nothing. Of nothing: `null`.
 */
export const joined = (verdicts: readonly Verdict[]): Verdict | null => {
  const speaking = verdicts.filter(({ applies }) => applies)
  const [first, ...others] = speaking
  if (first === undefined) return null
  if (others.length === 0) return first
  const looks = speaking.flatMap(({ lookAgainAt }) => (lookAgainAt === undefined ? [] : [lookAgainAt]))
  return {
    ...first,
    decision: worstOf(speaking.map(({ decision }) => decision)),
    findings: speaking.flatMap(({ findings }) => findings),
    asked: [...new Set(speaking.flatMap(({ asked }) => asked))].sort(),
    ...(looks.length > 0 ? { lookAgainAt: Math.min(...looks) } : {}),
  }
}

export const judgeAll = (gates: readonly Gate[], facts: Facts, now: Instant): readonly Verdict[] =>
  gates.map((gate) => decide(gate, facts, now))
