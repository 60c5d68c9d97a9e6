import { compileEntry, questionsIn, questionsOfAsk, type Node } from './compiled.js'
import { ask, type Question } from '../facts.js'
import { binds } from './freezing.js'
import type { Entry, Freeze, Gate, Layer } from '../gate.js'
import { involvementIn } from '../evidence/involvement.js'
import { seenFrom } from '../evidence/ships.js'
import { isOrganisation } from '../composing/layer-names.js'
import { membersOf } from '../people.js'
import type { LayerName } from '../verdict.js'

/** A gate made ready once, and judged thousands of times. */
export interface CompiledGate {
  readonly ordinary: Listing
  /** The same where the release is judged by rollback lists; layers without one keep their ordinary entries. */
  readonly onRollback: Listing
  /**
   * The same where the organisation takes a release for a rollback and the repository, by a shorter `within`, does not:
   * ordinary, and besides by the organisation's rollback lists. `null`: nobody can disagree.
   */
  readonly disputed: Listing | null
  /** Layers that overrides or bypasses can leave in debt, and how far down they stand. */
  readonly indebted: readonly DeepLayer[]
  /** Layers that can be overridden. */
  readonly overridable: readonly DeepLayer[]
  /** It matters whether a release is a rollback. */
  readonly asksRollback: boolean
  /** Some layer has a list of its own for rollbacks. */
  readonly hasRollbackList: boolean
  readonly questions: readonly Question[]
  /** Keys of the questions, sorted. */
  readonly asked: readonly string[]
}

/** All entries of a gate in the order of their findings: the layers' own, then what was added unasked. */
export interface Listing {
  readonly slots: readonly Slot[]
  /** How many of them are the layers' own. */
  readonly own: number
  readonly freezes: readonly Freeze[]
}

/** An entry, and how far down the layers it stands: an override lifts what stands in its layer and below. */
export interface Slot {
  readonly node: Node
  readonly layer: LayerName
  readonly depth: number
}

export interface DeepLayer {
  readonly layer: Layer
  readonly depth: number
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
  const layers = gate.layers.map((layer, depth) => ({ layer, depth }))
  const freezes = gate.freezes.filter((freeze) => binds(freeze, gate))
  const ordinary = listing(gate, (layer) => layer.entries, gate.added, freezes)
  const asksRollback = asksWhetherRollback(gate)
  const onRollback = asksRollback
    ? listing(
        gate,
        ({ entries, rollback }) => rollback?.entries ?? entries,
        gate.addedOnRollback ?? gate.added,
        freezes.filter(({ exceptRollback }) => !exceptRollback),
      )
    : ordinary
  const disputed = isDisputable(gate)
    ? listing(
        gate,
        ({ name, entries, rollback }) => (isOrganisation(name) ? [...entries, ...(rollback?.entries ?? [])] : entries),
        gate.added,
        freezes,
      )
    : null
  const entries = [...new Set([...nodesOf(ordinary), ...nodesOf(onRollback)])]
  const questions = once([...entries.flatMap(questionsIn), ...ownQuestions(gate, asksRollback)])
  return {
    ordinary,
    onRollback,
    disputed,
    indebted: layers.filter(({ layer }) => layer.override !== null || layer.bypass !== null),
    overridable: layers.filter(({ layer }) => layer.override !== null),
    asksRollback,
    hasRollbackList: gate.layers.some(({ rollback }) => rollback !== null),
    questions,
    asked: questions.map(({ key }) => key).sort(),
  }
}

const listing = (
  gate: Gate,
  entriesOf: (layer: Layer) => readonly Entry[],
  added: readonly Entry[],
  freezes: readonly Freeze[],
): Listing => {
  const slot = (entry: Entry, layer: LayerName, depth: number): Slot => ({
    node: compileEntry(entry, seenFrom(gate, layer)),
    layer,
    depth,
  })
  const own = gate.layers.flatMap((layer, depth) => entriesOf(layer).map((entry) => slot(entry, layer.name, depth)))
  const depth = gate.layers.some(({ name }) => isOrganisation(name)) ? 0 : gate.layers.length
  const unasked = added.map((entry) => slot(entry, 'built-in', depth))
  return { slots: [...own, ...unasked], own: own.length, freezes }
}

export const nodesOf = ({ slots }: Listing): readonly Node[] => slots.map(({ node }) => node)

const once = (questions: readonly Question[]): readonly Question[] => [
  ...new Map(questions.map((question) => [question.key, question])).values(),
]

/** What a gate asks besides its rules: whether this is a rollback, what is overridden, whether the policy is touched. */
const ownQuestions = (gate: Gate, asksRollback: boolean): readonly Question[] => [
  ...(gate.kind === 'policy' ? [ask.files] : []),
  ...(asksRollback ? [ask.deployment, ask.released] : []),
  ...gate.layers.flatMap((layer) => overrideQuestions(layer, gate)),
]

const overrideQuestions = ({ name, override, bypass }: Layer, gate: Gate): readonly Question[] => {
  const seen = seenFrom(gate, name)
  const reviewers = [override?.reviewedBy, bypass?.reviewedBy].filter((group) => group !== null && group !== undefined)
  return [
    ...(override === null
      ? []
      : [ask.overrides, ask.deployment, ...membersOf(override.by).questions, ...questionsOfAsk(involvementIn(seen))]),
    ...(override === null && bypass === null ? [] : [ask.bypasses]),
    ...reviewers.flatMap((group) => membersOf(group).questions),
  ]
}

/** A repository has a `within` of its own, beside a list of the organisation's for rollbacks. */
const isDisputable = ({ layers }: Gate): boolean =>
  layers.some(({ name, rollback }) => rollback !== null && isOrganisation(name)) &&
  layers.some(({ name, rollback }) => rollback !== null && !isOrganisation(name))

/** Whether it matters that a release is a rollback. */
const asksWhetherRollback = (gate: Gate): boolean =>
  gate.kind === 'release' &&
  (gate.layers.some(({ rollback }) => rollback !== null) || gate.freezes.some(({ exceptRollback }) => exceptRollback))
