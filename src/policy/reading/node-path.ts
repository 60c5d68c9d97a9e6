import type { Span } from './problems.js'
import type { Node } from './yaml.js'

type Path = readonly PropertyKey[]

/** The node at a path below another one; `undefined` where there is none. */
export const nodeAt = (node: Node, path: Path): Node | undefined =>
  path.reduce<Node | undefined>((at, part) => {
    if (at?.kind === 'map') return at.pairs.find(({ key }) => key === part)?.value
    return at?.kind === 'list' && typeof part === 'number' ? at.items[part] : undefined
  }, node)

/** The place of the node at a path, or of the nearest one above it that exists. */
export const placeAt = (node: Node, path: Path): Span => {
  const at = nodeAt(node, path)
  if (at !== undefined) return at.span
  return path.length === 0 ? node.span : placeAt(node, path.slice(0, -1))
}

/** A value as it may be quoted in a message: a scalar's text, cut where it is long; else what kind it is. */
export const textOf = (node: Node): string => {
  if (node.kind !== 'scalar') return node.kind
  return node.text.length > 80 ? `${node.text.slice(0, 79)}…` : node.text
}
