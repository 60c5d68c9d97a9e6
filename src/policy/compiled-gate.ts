import { compileEntry, questionsIn, questionsOfAsk, type CompiledLayer, type Node } from './compiled.js'
import { ask, type Question } from './facts.js'
import type { Gate, Layer } from './gate.js'
import { involvementIn } from './involvement.js'
import { membersOf } from './people.js'

/** A gate made ready once, and judged thousands of times. */
export interface CompiledGate {
  readonly layers: readonly CompiledLayer[]
  readonly added: readonly Node[]
  readonly addedOnRollback: readonly Node[]
  readonly questions: readonly Question[]
  /** Keys of the questions, sorted. */
  readonly asked: readonly string[]
}

const ready = new WeakMap<Gate, CompiledGate>()

export const compiled = (gate: Gate): CompiledGate => {
  const before = ready.get(gate)
  if (before !== undefined) return before
  const fresh = compile(gate)
  ready.set(gate, fresh)
  return fresh
}

const compile = (gate: Gate): CompiledGate => {
  const layers = gate.layers.map((layer) => compileLayer(layer, gate))
  const added = gate.added.map((entry) => compileEntry(entry, gate))
  const addedOnRollback = gate.addedOnRollback?.map((entry) => compileEntry(entry, gate)) ?? added
  const entries = [...layers.flatMap(({ entries: own, onRollback }) => [...own, ...onRollback]), ...added, ...addedOnRollback]
  const questions = once([...entries.flatMap(questionsIn), ...ownQuestions(gate)])
  return { layers, added, addedOnRollback, questions, asked: questions.map(({ key }) => key).sort() }
}

const compileLayer = ({ name, entries, rollback }: Layer, gate: Gate): CompiledLayer => {
  const compiledEntries = entries.map((entry) => compileEntry(entry, gate))
  const onRollback = rollback === null ? compiledEntries : rollback.entries.map((entry) => compileEntry(entry, gate))
  return { name, entries: compiledEntries, onRollback }
}

const once = (questions: readonly Question[]): readonly Question[] => [
  ...new Map(questions.map((question) => [question.key, question])).values(),
]

/** What a gate asks besides its rules: whether this is a rollback, what is overridden, whether the policy is touched. */
const ownQuestions = (gate: Gate): readonly Question[] => [
  ...(gate.kind === 'policy' ? [ask.files] : []),
  ...(asksRollback(gate) ? [ask.deployment, ask.released] : []),
  ...gate.layers.flatMap((layer) => overrideQuestions(layer, gate)),
]

const overrideQuestions = ({ override, bypass }: Layer, gate: Gate): readonly Question[] => {
  const reviewers = [override?.reviewedBy, bypass?.reviewedBy].filter((group) => group !== null && group !== undefined)
  return [
    ...(override === null
      ? []
      : [ask.overrides, ask.deployment, ...membersOf(override.by).questions, ...questionsOfAsk(involvementIn(gate))]),
    ...(override === null && bypass === null ? [] : [ask.bypasses]),
    ...reviewers.flatMap((group) => membersOf(group).questions),
  ]
}

/** Whether it matters that a release is a rollback. */
export const asksRollback = (gate: Gate): boolean =>
  gate.kind === 'release' &&
  (gate.layers.some(({ rollback }) => rollback !== null) || gate.freezes.some(({ exceptRollback }) => exceptRollback))
