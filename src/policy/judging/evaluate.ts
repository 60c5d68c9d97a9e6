import { all, any, holds, not } from './combining.js'
import { checkRule, type Node, type RuleNode } from './compiled.js'
import { compiled, type CompiledGate } from './compiled-gate.js'
import type { Facts, Instant } from '../facts.js'
import type { Gate } from '../gate.js'
import type { Found, RuleContext } from '../rule.js'
import type { Code, Finding, LayerName, Outcome } from '../verdict.js'

export interface Judging extends RuleContext {
  /** The same for what stands inside `when` and `not`. */
  readonly inside: RuleContext
  readonly ready: CompiledGate
}

export const judgingOf = (gate: Gate, facts: Facts, now: Instant): Judging => ({
  gate,
  facts,
  now,
  predicate: false,
  inside: { gate, facts, now, predicate: true },
  ready: compiled(gate),
})

/** What an entry finds, as a tree; the children of a `when` that holds are what it requires, else its conditions. */
export const evaluate = (node: Node, judging: Judging, predicate = false): Finding => {
  switch (node.kind) {
    case 'rule':
      return ruleFinding(node, judging, predicate)
    case 'all':
    case 'any': {
      const children = node.nodes.map((each) => evaluate(each, judging, predicate))
      const outcome = (node.kind === 'all' ? all : any)(children.map((child) => child.outcome))
      return { rule: node.kind, outcome, values: {}, place: node.place, children, ...lookAgain(outcome, children) }
    }
    case 'not':
      return negated(node, evaluate(node.node, judging, true))
    case 'when':
      return conditional(node, judging)
  }
}

/** The same for an entry that stands in a layer's own list. */
export const evaluateIn = (layer: LayerName, node: Node, judging: Judging): Finding => {
  if (node.kind === 'rule') return findingOf(node, checkRule(node, judging), false, layer)
  return { ...evaluate(node, judging), layer }
}

const ruleFinding = (node: RuleNode, judging: Judging, predicate: boolean): Finding =>
  findingOf(node, checkRule(node, predicate ? judging.inside : judging), predicate)

type Building = { -readonly [Key in keyof Finding]: Finding[Key] }

/** Names what was found. Inside `when` and `not` nothing is waited for. Key by key: spreading is what decisions would wait for. */
const findingOf = ({ rule, place }: RuleNode, found: Found, predicate: boolean, layer?: LayerName): Finding => {
  const outcome = predicate && found.outcome === 'wait' ? 'deny' : found.outcome
  const finding: Building =
    layer === undefined
      ? { rule: rule.name, outcome, values: found.values, place }
      : { rule: rule.name, outcome, values: found.values, place, layer }
  if (found.code !== undefined) finding.code = found.code
  if (found.also !== undefined) finding.also = found.also
  if (found.who !== undefined) finding.who = found.who
  if (found.lookAgainAt !== undefined) finding.lookAgainAt = found.lookAgainAt
  if (found.name !== undefined) finding.name = found.name
  if (found.children !== undefined) finding.children = found.children
  return finding
}

const negated = (node: Extract<Node, { kind: 'not' }>, inner: Finding): Finding => {
  const outcome = not(inner.outcome)
  const [code = inner.code, ...also] = outcome === 'deny' ? new Set(codesAgainst(node.node, inner)) : []
  return {
    rule: 'not',
    outcome,
    ...(outcome === 'allow' || code === undefined ? {} : { code }),
    ...(also.length === 0 ? {} : { also }),
    values: outcome === 'deny' ? inner.values : {},
    place: node.place,
    children: [inner],
  }
}

/** What it is called when a predicate holds that must not. */
const AGAINST: Readonly<Record<string, Code>> = {
  author: 'author_not_allowed',
  contributors: 'contributor_not_allowed',
  deployer: 'not_deployer',
  actor: 'actor_not_allowed',
  event: 'event_not_allowed',
  ref: 'ref_not_allowed',
  workflow: 'workflow_not_allowed',
  changed: 'path_not_allowed',
  size: 'size_not_allowed',
  labels: 'label_missing',
  tier: 'tier_not_allowed',
  draft: 'draft',
  fork: 'fork_not_allowed',
  signed: 'not_signed',
}

/** What it is called when this holds and must not: by what makes it hold. */
const codesAgainst = (node: Node, { children = [] }: Finding): readonly Code[] => {
  switch (node.kind) {
    case 'rule':
      return [AGAINST[node.rule.name] ?? 'pattern_not_met']
    case 'all':
    case 'any':
      return node.nodes.flatMap((each, index) => {
        const child = children[index]
        return child?.outcome === 'allow' ? codesAgainst(each, child) : []
      })
    case 'not':
      return children.flatMap(refusals)
    case 'when':
      return ['pattern_not_met']
  }
}

/** The codes by which something does not hold. */
const refusals = ({ outcome, code, children = [] }: Finding): readonly Code[] => {
  if (outcome !== 'deny') return []
  return code === undefined ? children.flatMap(refusals) : [code]
}

const conditional = (node: Extract<Node, { kind: 'when' }>, judging: Judging): Finding => {
  const conditions = node.conditions.map((each) => evaluate(each, judging, true))
  const base = { rule: 'when', values: {}, place: node.place }
  switch (holds(conditions.map(({ outcome }) => outcome))) {
    case 'no':
      return { ...base, outcome: 'inactive', children: conditions }
    case 'undecided':
      return { ...base, outcome: 'undecided', children: conditions }
    case 'yes': {
      const children = node.require.map((each) => evaluate(each, judging))
      const outcome = all(children.map((child) => child.outcome))
      return { ...base, outcome, values: { holds: true }, children, ...lookAgain(outcome, children) }
    }
  }
}

/** Of a list: the earliest instant at which one of those that made the outcome may change. */
const lookAgain = (outcome: Outcome, children: readonly Finding[]): { readonly lookAgainAt?: Instant } => {
  const times = children
    .filter((child) => (child.outcome === 'allow') === (outcome === 'allow'))
    .flatMap(({ lookAgainAt }) => (lookAgainAt === undefined ? [] : [lookAgainAt]))
  return times.length === 0 ? {} : { lookAgainAt: Math.min(...times) }
}

type Visit = (rule: RuleNode, finding: Finding) => void

/**
 * Walks an entry and its finding side by side, and visits every rule that is asked, whether or not it mattered; those
 * that are asked only if an undecided condition holds go to `perhaps`.
 */
export const visitActive = (node: Node, finding: Finding, visit: Visit, perhaps: (rule: RuleNode) => void): void => {
  if (finding.outcome === 'inactive') return
  switch (node.kind) {
    case 'rule':
      return visit(node, finding)
    case 'all':
    case 'any':
      return visitEach(node.nodes, finding, visit, perhaps)
    case 'not':
      return
    case 'when':
      return isHolding(finding)
        ? visitEach(node.require, finding, visit, perhaps)
        : node.require.forEach((each) => rulesIn(each).forEach(perhaps))
  }
}

const visitEach = (
  nodes: readonly Node[],
  { children = [] }: Finding,
  visit: Visit,
  perhaps: (rule: RuleNode) => void,
): void =>
  nodes.forEach((node, index) => {
    const finding = children[index]
    if (finding !== undefined) visitActive(node, finding, visit, perhaps)
  })

/** Every rule that an entry may ask, its conditions left out. */
const rulesIn = (node: Node): readonly RuleNode[] => {
  switch (node.kind) {
    case 'rule':
      return [node]
    case 'all':
    case 'any':
      return node.nodes.flatMap(rulesIn)
    case 'not':
      return []
    case 'when':
      return node.require.flatMap(rulesIn)
  }
}

/** A `when` whose conditions hold: its children are what it requires. */
export const isHolding = ({ values }: Finding): boolean => values.holds === true
