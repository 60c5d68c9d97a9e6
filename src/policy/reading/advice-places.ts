import type { Advice } from './advice.js'
import { nodeAt } from './node-path.js'
import type { Span } from './problems.js'
import type { Place } from '../verdict.js'
import type { MapNode, Node } from './yaml.js'

/** Where advice belongs: the value at its path below what stands at its place, else that place. */
export const spansOfAdvice = (root: MapNode): ((advice: Advice) => Span) => {
  const keys = new Map<string, { readonly span: Span; readonly value: Node }>()
  const nodes = new Map<string, Node>()
  const open: Node[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!nodes.has(placeKey(node.span))) nodes.set(placeKey(node.span), node)
    if (node.kind === 'list') open.push(...node.items)
    if (node.kind !== 'map') continue
    for (const { keySpan: span, value } of node.pairs) keys.set(placeKey(span), { span, value })
    open.push(...node.pairs.map(({ value }) => value))
  }
  return ({ place, path = [] }) => {
    const key = keys.get(placeKey(place))
    const at = [key?.value, nodes.get(placeKey(place))].flatMap((node) =>
      node === undefined || path.length === 0 ? [] : (nodeAt(node, path) ?? listedOne(node, path) ?? []),
    )
    return at[0]?.span ?? key?.span ?? { ...place, endLine: place.line, endColumn: place.column }
  }
}

/** Where one may stand instead of a list of one. */
const listedOne = (node: Node, path: readonly PropertyKey[]): Node | undefined => {
  const single = path.at(-1) === 0 ? nodeAt(node, path.slice(0, -1)) : undefined
  return single?.kind === 'scalar' ? single : undefined
}

const placeKey = ({ line, column }: Pick<Place, 'line' | 'column'>): string => `${line}:${column}`
