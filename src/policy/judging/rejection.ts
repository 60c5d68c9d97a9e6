import { actsOnRelease, objectors } from '../evidence/acts.js'
import { answer, type RuleNode, type Node } from './compiled.js'
import { nodesOf, type Listing } from './compiled-gate.js'
import { visitActive, type Judging } from './evaluate.js'
import { ask, type Person } from '../facts.js'
import { membersOf } from '../people.js'
import type { ApprovalParams } from '../rules/approval.js'
import type { Finding } from '../verdict.js'

interface Judge {
  readonly node: RuleNode
  /** Whether this approval is asked at all is undecided. */
  readonly perhaps: boolean
}

/** The approvals that are asked, and those that may be, wherever in the tree they stand. */
const judgesIn = (nodes: readonly Node[], findings: readonly Finding[]): readonly Judge[] => {
  const judges: Judge[] = []
  const add = (perhaps: boolean) => (node: RuleNode) => {
    if (node.rule.name === 'approval') judges.push({ node, perhaps })
  }
  nodes.forEach((node, index) => {
    const finding = findings[index]
    if (finding !== undefined) visitActive(node, finding, add(false), add(true))
  })
  return judges
}

/**
 * A rejection stands outside the tree: a member of a group that any active approval names, involved or not, ends this
 * attempt, whatever `any` says and whatever is overridden. Where it cannot be told, the gate is undecided.
 */
export const rejection = (listing: Listing, findings: readonly Finding[], { gate, facts }: Judging): Finding | null => {
  const approvals = gate.kind === 'release' ? answer(ask.approvals, facts) : null
  if (approvals === null || (approvals.known && approvals.value.every(({ decision }) => decision === 'approve')))
    return null
  const judges = judgesIn(nodesOf(listing).slice(0, listing.own), findings)
  if (judges.length === 0) return null
  const deployment = answer(ask.deployment, facts)
  if (!deployment.known) return untold(deployment.key, deployment.reason)
  if (!approvals.known) return untold(approvals.key, approvals.reason)
  const acts = actsOnRelease(deployment.value, approvals.value).filter(({ stale }) => stale === null)
  const rejecting = objectors(acts)
  return rejecting.length === 0 ? null : judged(judges, rejecting, facts)
}

const judged = (judges: readonly Judge[], rejecting: readonly Person[], facts: Judging['facts']): Finding | null => {
  const by = rejecting.map(({ login }) => login).sort()
  let doubt: Finding | null = null
  for (const { node, perhaps } of judges) {
    const group = (node.params as ApprovalParams).from
    const members = answer(membersOf(group), facts)
    if (!members.known) doubt ??= untold(members.key, members.reason, by)
    else if (!rejecting.some(({ id }) => members.value.ids.has(id))) continue
    else if (perhaps) doubt ??= untold('approval', `it is undecided whether ${group.name} is asked`, by)
    else return { rule: 'rejection', outcome: 'deny', code: 'approval_rejected', values: { by, from: group.name } }
  }
  return doubt
}

const untold = (fact: string, reason: string, by: readonly string[] = []): Finding => ({
  rule: 'rejection',
  outcome: 'undecided',
  code: 'fact_unknown',
  values: { fact, reason, by },
})
