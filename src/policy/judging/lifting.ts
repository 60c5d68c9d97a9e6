import { all, any } from './combining.js'
import type { Node } from './compiled.js'
import { isHolding } from './evaluate.js'
import type { OverrideTerms } from '../gate.js'
import type { Finding, Outcome } from '../verdict.js'

/** What no override lifts unless it names it: where code may come from at all. */
const KEPT: readonly string[] = ['event', 'ref', 'workflow']

/** What a finding counts as: one that is lifted allows. */
export const counts = ({ outcome, lifted }: Finding): Outcome => (lifted === true ? 'allow' : outcome)

const mayLift = (terms: OverrideTerms, rules: readonly string[], { rule, outcome, values }: Finding): boolean =>
  (outcome !== 'undecided' || terms.evenIfUndecided) &&
  (rule !== 'event' || terms.events.some((event) => event === values['event'])) &&
  rules.every((rule) => !KEPT.includes(rule) || terms.lifts.includes(rule))

const lifted = (finding: Finding, rules: readonly string[], lifting: readonly OverrideTerms[]): Finding => {
  if (finding.outcome === 'allow' || finding.outcome === 'inactive') return finding
  return lifting.some((terms) => mayLift(terms, rules, finding)) ? marked(finding) : finding
}

const marked = (finding: Finding): Finding => ({
  ...finding,
  lifted: true,
  ...(finding.children === undefined ? {} : { children: finding.children.map(marked) }),
})

/** The finding with everything lifted in it that these overrides lift, and its outcome drawn anew from the rest. */
export const lift = (node: Node, finding: Finding, lifting: readonly OverrideTerms[]): Finding => {
  switch (node.kind) {
    case 'rule':
      return lifted(finding, [node.rule.name], lifting)
    case 'not':
      return lifted(finding, rulesIn(node), lifting)
    case 'all':
      return combined(node.nodes, finding, lifting, all)
    case 'any':
      return combined(node.nodes, finding, lifting, any)
    case 'when':
      return isHolding(finding)
        ? combined(node.require, finding, lifting, all)
        : lifted(finding, rulesIn(node), lifting)
  }
}

const combined = (
  nodes: readonly Node[],
  finding: Finding,
  lifting: readonly OverrideTerms[],
  combine: (outcomes: readonly Outcome[]) => Outcome,
): Finding => {
  const children = (finding.children ?? []).map((child, index) => {
    const node = nodes[index]
    return node === undefined ? child : lift(node, child, lifting)
  })
  return { ...finding, outcome: combine(children.map(counts)), children }
}

/** A finding that no entry stands behind: a freeze, an overdue review. */
export const liftPlain = (finding: Finding, lifting: readonly OverrideTerms[]): Finding => lifted(finding, [], lifting)

const rulesIn = (node: Node): readonly string[] => {
  switch (node.kind) {
    case 'rule':
      return [node.rule.name]
    case 'all':
    case 'any':
      return node.nodes.flatMap(rulesIn)
    case 'not':
      return rulesIn(node.node)
    case 'when':
      return [...node.conditions, ...node.require].flatMap(rulesIn)
  }
}
