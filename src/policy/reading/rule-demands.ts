import { nodeAt } from './node-path.js'
import type { Report, Span } from './problems.js'
import { nearMiss } from './suggest.js'
import type { GateKind } from '../verdict.js'
import type { Node, ScalarNode } from './yaml.js'

interface Standing {
  readonly report: Report
  readonly kind: GateKind
}

const MERGE_CHANNELS: readonly string[] = ['review', 'comment']
const RELEASE_CHANNELS: readonly string[] = ['page', 'comment', 'button', 'environment', 'review']

/**
 * What a rule demands of its parameters that its own schema cannot know, because it depends on the gate it stands in.
 * @returns what was told, which the schema need not tell again.
 */
export const demandsOf = (rule: string, value: Node, standing: Standing): readonly Span[] =>
  rule === 'approval' ? approvalDemands(value, standing) : []

const approvalDemands = (value: Node, { report, kind }: Standing): readonly Span[] => {
  const allowed = kind === 'release' ? RELEASE_CHANNELS : MERGE_CHANNELS
  const wrong = scalarsAt(value, 'by').filter(({ text }) => text !== '' && !allowed.includes(text))
  for (const channel of wrong) {
    const detail = { value: channel.text, allowed, suggestion: nearMiss(channel.text, allowed) }
    report.error(channel.span, `\`${channel.text}\` cannot bring an approval to a ${kind} gate.`, detail)
  }
  return wrong.map(({ span }) => span)
}

const scalarsAt = (value: Node, key: string): readonly ScalarNode[] => {
  const at = nodeAt(value, [key])
  const items = at?.kind === 'list' ? at.items : at === undefined ? [] : [at]
  return items.filter((item) => item.kind === 'scalar')
}
