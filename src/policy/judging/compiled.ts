import type { Fact, Facts, Question } from '../facts.js'
import type { Entry, Gate } from '../gate.js'
import type { AnyRule, Ask, Asked, Asks, Found, RuleContext } from '../rule.js'
import type { Place } from '../verdict.js'

/** An entry of a gate, made ready once: what it asks is known, and its rule can be called with facts. */
export type Node =
  | RuleNode
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly Node[]; readonly place: Place }
  | { readonly kind: 'not'; readonly node: Node; readonly place: Place }
  | {
      readonly kind: 'when'
      readonly conditions: readonly Node[]
      readonly require: readonly Node[]
      readonly place: Place
    }

export interface RuleNode {
  readonly kind: 'rule'
  readonly rule: AnyRule
  readonly params: unknown
  readonly asks: readonly NamedAsk[]
  readonly place: Place
  readonly gate: Gate
}

interface NamedAsk {
  readonly name: string
  readonly ask: Ask
}

export const compileEntry = (entry: Entry, gate: Gate): Node => {
  const compile = (each: Entry) => compileEntry(each, gate)
  switch (entry.kind) {
    case 'rule':
      return compileRule(entry, gate)
    case 'all':
    case 'any':
      return { kind: entry.kind, nodes: entry.entries.map(compile), place: entry.place }
    case 'not':
      return { kind: 'not', node: compile(entry.entry), place: entry.place }
    case 'when':
      return {
        kind: 'when',
        conditions: entry.conditions.map(compile),
        require: entry.require.map(compile),
        place: entry.place,
      }
  }
}

const compileRule = ({ rule, params, place }: Extract<Entry, { kind: 'rule' }>, gate: Gate): RuleNode => {
  const asks = rule.asks as (params: unknown, gate: Gate) => Asks
  const named = Object.entries(asks(params, gate)).map(([name, ask]) => ({ name, ask }))
  return { kind: 'rule', rule, params, asks: named, place, gate }
}

/** The questions of an entry and of everything in it. */
export const questionsIn = (node: Node): readonly Question[] => {
  switch (node.kind) {
    case 'rule':
      return node.asks.flatMap(({ ask }) => questionsOfAsk(ask))
    case 'all':
    case 'any':
      return node.nodes.flatMap(questionsIn)
    case 'not':
      return questionsIn(node.node)
    case 'when':
      return [...node.conditions, ...node.require].flatMap(questionsIn)
  }
}

const isJoined = (ask: Ask): ask is Asked<unknown> => 'questions' in ask

export const questionsOfAsk = (ask: Ask): readonly Question[] =>
  isJoined(ask) ? [...ask.questions, ...(ask.maybe ?? [])] : [ask]

type Unknown = Extract<Fact, { known: false }> & { readonly key: string }

/** An answer, or the first fact that stands in its way. */
export type Answer<T> = { readonly known: true; readonly value: T } | ({ readonly known: false } & Unknown)

const read = (facts: Facts, { key }: Question): Answer<unknown> => {
  const fact = facts.get(key)
  if (fact === undefined)
    return { known: false, code: 'fact_unknown', reason: 'nobody read it', source: 'nobody', at: 0, key }
  return fact.known ? fact : { ...fact, key }
}

/** The answer to one ask; unknown as soon as one of its questions is. */
export const answer = <T>(ask: Ask<T>, facts: Facts): Answer<T> => {
  if (!isJoined(ask)) return read(facts, ask) as Answer<T>
  const answers: unknown[] = []
  for (const question of ask.questions) {
    const found = read(facts, question)
    if (!found.known) return found
    answers.push(found.value)
  }
  const maybe = ask.maybe === undefined ? NONE : ask.maybe.map((question) => asFact(read(facts, question)))
  return { known: true, value: ask.join(answers, maybe) }
}

const NONE: readonly Fact[] = []

const asFact = (found: Answer<unknown>): Fact =>
  found.known ? { known: true, value: found.value, source: '', at: 0 } : found

/** Answers of a rule by name, or the first fact that is unknown. */
export const answersFor = ({ asks }: RuleNode, facts: Facts): Answer<Readonly<Record<string, unknown>>> => {
  const value: Record<string, unknown> = {}
  for (const { name, ask } of asks) {
    const found = answer(ask, facts)
    if (!found.known) return found
    value[name] = found.value
  }
  return { known: true, value }
}

/** Calls a rule. An unknown fact makes it undecided, without a call. */
export const checkRule = (node: RuleNode, context: RuleContext): Found => {
  const answers = answersFor(node, context.facts)
  if (!answers.known) return unknownFact(answers)
  const check = node.rule.check as (answers: unknown, params: unknown, context: RuleContext) => Found
  return check(answers.value, node.params, context)
}

export const unknownFact = ({
  code,
  key,
  reason,
}: {
  readonly code: 'fact_unknown' | 'renamed'
  readonly key: string
  readonly reason: string
}): Found => ({
  outcome: 'undecided',
  code,
  values: { fact: key, reason },
})
