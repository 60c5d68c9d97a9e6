import { contributorsOf, type Contributors } from './contributors.js'
import { ask, type Question, type Sha, type ShippedChange, type ShippedCommit, type Shipment } from '../facts.js'
import type { Entry, Gate } from '../gate.js'
import { isOrganisation } from '../composing/layer-names.js'
import type { LayerName } from '../verdict.js'

/** What goes out, seen along the first parents of the SHA that is released or pushed. */
export interface Shipped {
  /** There is no beginning: no release before, no `since`, no recorded tip. */
  readonly endless: boolean
  /** Something ships, and the SHA is not among it: the facts contradict each other. */
  readonly headMissing: boolean
  /** From the SHA back along first parents, and whatever no parent leads to. Each must have come by a pull request. */
  readonly line: readonly ShippedCommit[]
  readonly commits: readonly ShippedCommit[]
  /** The merged pull requests that ship, each once. */
  readonly changes: readonly ShippedChange[]
  /** Commits of the line that no merged pull request brought. */
  readonly direct: readonly ShippedCommit[]
  readonly contributors: Contributors
}

const remembered = new WeakMap<Shipment | readonly ShippedCommit[], { readonly head: Sha; readonly shipped: Shipped }>()

/** Reads a shipment once, however many rules ask. */
export const shippedBy = (head: Sha, shipment: Shipment): Shipped => {
  const before = remembered.get(shipment)
  if (before?.head === head) return before.shipped
  const shipped = read(head, shipment.commits, shipment.since === null)
  remembered.set(shipment, { head, shipped })
  return shipped
}

/** The same for a push, whose beginning is the tip before it. */
export const pushedBy = (head: Sha, commits: readonly ShippedCommit[]): Shipped => {
  const before = remembered.get(commits)
  if (before?.head === head) return before.shipped
  const shipped = read(head, commits, false)
  remembered.set(commits, { head, shipped })
  return shipped
}

const read = (head: Sha, commits: readonly ShippedCommit[], endless: boolean): Shipped => {
  const line = lineOf(head, commits)
  const changes = new Map(commits.flatMap(({ change }) => (change === null ? [] : [[change.number, change] as const])))
  return {
    endless,
    headMissing: commits.length > 0 && !commits.some(({ sha }) => sha === head),
    line,
    commits,
    changes: [...changes.values()].sort((a, b) => a.number - b.number),
    direct: line.filter(({ change }) => change === null),
    contributors: contributorsOf(withoutMerges(commits, line)),
  }
}

const lineOf = (head: Sha, commits: readonly ShippedCommit[]): readonly ShippedCommit[] => {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]))
  const first = new Set<Sha>()
  for (let at = bySha.get(head); at !== undefined && !first.has(at.sha); at = bySha.get(at.parents[0] ?? ''))
    first.add(at.sha)
  const reached = new Set(first)
  for (const sha of reached)
    for (const parent of bySha.get(sha)?.parents ?? []) if (bySha.has(parent)) reached.add(parent)
  return commits.filter(({ sha }) => first.has(sha) || !reached.has(sha))
}

/** GitHub's own merge of a pull request adds nothing to it; who pressed the button is its merger, and only that. */
const withoutMerges = (commits: readonly ShippedCommit[], line: readonly ShippedCommit[]): readonly ShippedCommit[] => {
  const onLine = new Set(line)
  const adds = (commit: ShippedCommit) =>
    !(commit.parents.length > 1 && commit.madeByGitHub && commit.change !== null && onLine.has(commit))
  return commits.filter(adds)
}

const sinces = new WeakMap<Gate, Question<Shipment>>()
const views = new WeakMap<Gate, Gate>()

/**
 * The gate as the rules of one layer ask about it. A repository says nothing of what the organisation's rules look at:
 * its `since` could leave out whoever must not approve.
 */
export const seenFrom = (gate: Gate, layer: LayerName): Gate => {
  if (!isOrganisation(layer)) return gate
  const before = views.get(gate)
  if (before !== undefined) return before
  const view: Gate = { ...gate, seenByOrganisation: true }
  views.set(gate, view)
  return view
}

/** What ships, from where the gate's own `reviewed` begins; where none says, from the last release. */
export const shipmentOf = (gate: Gate): Question<Shipment> => {
  const before = sinces.get(gate)
  if (before !== undefined) return before
  const since = gate.layers
    .filter(({ name }) => gate.seenByOrganisation !== true || isOrganisation(name))
    .flatMap(({ entries, rollback }) => [...entries, ...(rollback?.entries ?? [])])
    .flatMap(sincesOf)[0]
  const question = ask.ships(since)
  sinces.set(gate, question)
  return question
}

const sincesOf = (entry: Entry): readonly Sha[] => {
  switch (entry.kind) {
    case 'rule': {
      const { since } = entry.rule.name === 'reviewed' ? (entry.params as { readonly since?: Sha }) : {}
      return since === undefined ? [] : [since]
    }
    case 'all':
    case 'any':
      return entry.entries.flatMap(sincesOf)
    case 'not':
      return sincesOf(entry.entry)
    case 'when':
      return entry.require.flatMap(sincesOf)
  }
}
