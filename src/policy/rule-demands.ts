import { nodeAt } from './node-path.js'
import type { Report } from './problems.js'
import { nearMiss } from './suggest.js'
import type { GateKind } from './verdict.js'
import type { Node, ScalarNode } from './yaml.js'

interface Standing {
  readonly report: Report
  readonly kind: GateKind
  readonly trusted: boolean
}

/** Events that a release gate asks for where no layer names any. */
export const DEFAULT_EVENTS: readonly string[] = ['push', 'workflow_dispatch', 'release', 'schedule']
/** Events that a policy may name; `pull_request` besides, where {@link PULL_REQUEST_EVENT} may stand. */
export const POLICY_EVENTS: readonly string[] = [...DEFAULT_EVENTS, 'repository_dispatch', 'api']
/** Only in the organisation's file or where none binds the repository; the latter is known at composition only. */
export const PULL_REQUEST_EVENT = 'pull_request'

const MERGE_CHANNELS: readonly string[] = ['review', 'comment']
const RELEASE_CHANNELS: readonly string[] = ['page', 'comment', 'button', 'environment', 'review']

/** What a rule demands of its parameters that its own schema cannot know, because it depends on the gate it stands in. */
export const demandsOf = (rule: string, value: Node, standing: Standing): void => {
  if (rule === 'event') eventDemands(value, standing)
  if (rule === 'approval') approvalDemands(value, standing)
}

const eventDemands = (value: Node, { report }: Standing): void => {
  const allowed = [...POLICY_EVENTS, PULL_REQUEST_EVENT]
  for (const event of scalarsAt(value, 'in')) {
    if (allowed.includes(event.text)) continue
    const detail = { value: event.text, allowed, suggestion: nearMiss(event.text, allowed) }
    report.error(
      event.span,
      `\`${event.text}\` is an event whose runs are refused for every gated environment.`,
      detail,
    )
  }
}

const approvalDemands = (value: Node, { report, kind }: Standing): void => {
  const allowed = kind === 'release' ? RELEASE_CHANNELS : MERGE_CHANNELS
  for (const channel of scalarsAt(value, 'by')) {
    if (allowed.includes(channel.text)) continue
    const detail = { value: channel.text, allowed, suggestion: nearMiss(channel.text, allowed) }
    report.error(channel.span, `\`${channel.text}\` cannot bring an approval to a ${kind} gate.`, detail)
  }
}

const scalarsAt = (value: Node, key: string): readonly ScalarNode[] => {
  const at = nodeAt(value, [key])
  const items = at?.kind === 'list' ? at.items : at === undefined ? [] : [at]
  return items.filter((item) => item.kind === 'scalar')
}
