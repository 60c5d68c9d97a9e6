import { answersFor, type Node, type RuleNode } from './compiled.js'
import { isHolding, type Judging } from './evaluate.js'
import { counts } from './lifting.js'
import type { Person, UserId } from '../facts.js'
import { peopleFor, type ApprovalParams } from '../rules/approval.js'
import type { Finding } from '../verdict.js'

/** Approvals that have to be met together. */
type Demand = readonly RuleNode[]

/** How many ways to meet a gate are looked at; a gate that needs more stays shut. */
const MOST = 256

/**
 * Every way in which the approvals that count meet an entry. What is not met says so itself, and rests on nothing here;
 * of `any` only the entries that are met are ways.
 */
const demandsOf = (node: Node, finding: Finding): readonly Demand[] => {
  const { children = [] } = finding
  if (finding.lifted === true || finding.outcome === 'inactive') return NOTHING
  switch (node.kind) {
    case 'rule':
      return node.rule.name === 'approval' && finding.outcome === 'allow' ? [[node]] : NOTHING
    case 'not':
      return NOTHING
    case 'all':
      return together(node.nodes, children)
    case 'when':
      return isHolding(finding) ? together(node.require, children) : NOTHING
    case 'any':
      return finding.outcome === 'allow' ? eitherOf(node.nodes, children) : NOTHING
  }
}

const NOTHING: readonly Demand[] = [[]]

const eitherOf = (nodes: readonly Node[], findings: readonly Finding[]): readonly Demand[] =>
  nodes.flatMap((node, index) => {
    const finding = findings[index]
    return finding !== undefined && counts(finding) === 'allow' ? demandsOf(node, finding) : []
  })

const together = (nodes: readonly Node[], findings: readonly Finding[]): readonly Demand[] =>
  nodes.reduce<readonly Demand[]>(
    (ways, node, index) => {
      const finding = findings[index]
      const own = finding === undefined ? [] : demandsOf(node, finding)
      return ways.flatMap((way) => own.map((more) => [...way, ...more])).slice(0, MOST)
    },
    [[]],
  )

interface Slot {
  readonly node: RuleNode
  readonly approving: readonly Person[]
  readonly able: readonly Person[]
}

/** One slot for each approval that an entry counts. */
const slotsFor = (demand: Demand, { facts, gate, now }: Judging): readonly Slot[] =>
  demand.flatMap((node) => {
    const answers = answersFor(node, facts)
    const given = node.params as ApprovalParams
    const people = answers.known ? peopleFor(answers.value, given, { gate, now }) : { approving: [], able: [] }
    return Array.from({ length: given.count }, () => ({ node, ...people }))
  })

/** Who stands in which slot: as many slots as can be filled when each person stands in one only. */
const match = (slots: readonly Slot[]): ReadonlyMap<UserId, number> => {
  const standsIn = new Map<UserId, number>()
  const fill = (index: number, tried: Set<UserId>): boolean =>
    (slots[index]?.approving ?? []).some(({ id }) => {
      if (tried.has(id)) return false
      tried.add(id)
      const before = standsIn.get(id)
      if (before !== undefined && !fill(before, tried)) return false
      standsIn.set(id, index)
      return true
    })
  slots.forEach((_, index) => fill(index, new Set()))
  return standsIn
}

/**
 * With `distinct`, one person counts for one approval only, over the whole composed gate: some way of meeting the gate
 * must give every approval it rests on people of its own. `null` where they have, but the gate is not met for other
 * reasons, or asks no approval.
 */
export const distinct = (nodes: readonly Node[], findings: readonly Finding[], judging: Judging): Finding | null => {
  if (!judging.gate.distinct) return null
  const ways = together(nodes, findings).map((demand) => slotsFor([...new Set(demand)], judging))
  const matched = ways.map((slots) => ({ slots, standsIn: match(slots) }))
  const missing = ({ slots, standsIn }: Matched) => slots.length - standsIn.size
  // Of ways that lack the same, the one that rests on more people is told, in whichever order they are written.
  const [best] = [...matched].sort((a, b) => missing(a) - missing(b) || b.slots.length - a.slots.length)
  if (best === undefined || best.slots.length === 0) return null
  if (missing(best) > 0) return short(best)
  return findings.every(isMet) ? { ...told(best), outcome: 'allow' } : null
}

const isMet = (finding: Finding): boolean => finding.outcome === 'inactive' || counts(finding) === 'allow'

interface Matched {
  readonly slots: readonly Slot[]
  readonly standsIn: ReadonlyMap<UserId, number>
}

const nameOf = ({ node }: Slot): string => {
  const { name, from } = node.params as ApprovalParams
  return name ?? from.name
}

const told = ({ slots, standsIn }: Matched) => {
  const filled = new Map([...standsIn].map(([id, index]) => [index, id]))
  const stands = slots.map((slot, index) => ({
    for: nameOf(slot),
    by: slot.approving.find(({ id }) => id === filled.get(index))?.login ?? null,
  }))
  return { rule: 'gate', name: 'distinct', values: { stands } }
}

const short = (matched: Matched): Finding => {
  const { slots } = matched
  const able = new Map(slots.flatMap((slot) => slot.able).map((person) => [person.id, person]))
  const may = [...able.values()].filter((person) => helps(matched, person)).sort((a, b) => a.id - b.id)
  const mostEver = match(slots.map((slot) => ({ ...slot, approving: slot.able }))).size
  const also = mostEver < slots.length ? { also: ['unsatisfiable'] as const } : {}
  return { ...told(matched), outcome: 'wait', code: 'approval_missing', ...also, who: { may, mayNot: [] } }
}

/** Whether more could be filled if this person approved wherever they may: others may move to make room. */
const helps = ({ slots, standsIn }: Matched, person: Person): boolean => {
  const withThem = slots.map((slot) =>
    slot.able.some(({ id }) => id === person.id) ? { ...slot, approving: [...slot.approving, person] } : slot,
  )
  return match(withThem).size > standsIn.size
}
