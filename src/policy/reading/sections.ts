import { textOf } from './node-path.js'
import type { Report, Span } from './problems.js'
import { nearMiss } from './suggest.js'
import type { Place } from '../verdict.js'
import type { ListNode, MapNode, Node } from './yaml.js'

export const placeOf = (report: Report, { line, column }: Span): Place => ({ file: report.file, line, column })

/** The node as a map, or a report that it is none. */
export const asMap = (node: Node, what: string, report: Report): MapNode | null => {
  if (node.kind === 'map') return node
  report.error(node.span, `${what} is ${kindOf(node)}; it must be a map.`, { value: textOf(node) })
  return null
}

/** The node as a list with something in it, or a report that it is none. */
export const asFullList = (node: Node, what: string, report: Report): ListNode | null => {
  if (node.kind === 'list' && node.items.length > 0) return node
  report.error(node.span, `${what} is ${listProblem(node)}`, { value: textOf(node) })
  return null
}

/** No typing mistakes in a repository's file; the message says where they belong. */
const ORGANISATION_ONLY: readonly string[] = ['repositories', 'locked', 'mode']

/** Whether a key that is not known was probably meant for one that is. */
export const isMisspelt = (map: MapNode, key: string): boolean =>
  map.pairs.some((pair) => pair.key !== key && nearMiss(pair.key, [key]) === key)

/** The values of a map by key; keys that are not among the allowed ones are reported. */
export const knownPairs = (
  map: MapNode,
  allowed: readonly string[],
  where: string,
  report: Report,
): ReadonlyMap<string, Node> => {
  const pairs = new Map<string, Node>()
  for (const { key, keySpan, value } of map.pairs) {
    if (allowed.includes(key)) pairs.set(key, value)
    else {
      const what = ORGANISATION_ONLY.includes(key)
        ? "may stand in the organisation's policy only"
        : `is not known ${where}`
      report.error(keySpan, `\`${key}\` ${what}.`, { value: key, allowed, suggestion: nearMiss(key, allowed) })
    }
  }
  return pairs
}

const listProblem = (node: Node): string => {
  if (node.kind === 'list') return 'an empty list; what asks nothing never opens.'
  if (node.kind === 'scalar') return `${kindOf(node)}; it must be a list.`
  return node.pairs[0]?.key.startsWith('-') === true
    ? 'no list yet: a space is missing after `-`.'
    : 'a map; it must be a list: begin each entry with `- `.'
}

/** What a node is, in words. */
export const kindOf = (node: Node): string => {
  if (node.kind !== 'scalar') return `a ${node.kind}`
  return node.text === '' && node.value === null ? 'empty' : `\`${textOf(node)}\``
}
