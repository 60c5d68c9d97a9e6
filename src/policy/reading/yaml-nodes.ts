import { isMap, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml'
import type { Report, Span } from './problems.js'
import { hidesSomething, type Leave } from './yaml-text.js'

export interface ScalarNode {
  readonly kind: 'scalar'
  /** What YAML 1.2 makes of it; a number only where it is written as a plain whole number, else its text. */
  readonly value: string | number | boolean | null
  /** As written, without quotes: where a text is due, `on`, `12e4567` and `1.10` are what they look like. */
  readonly text: string
  readonly span: Span
}

export interface MapNode {
  readonly kind: 'map'
  readonly pairs: readonly Pair[]
  readonly span: Span
}

export interface Pair {
  readonly key: string
  readonly keySpan: Span
  readonly value: Node
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly span: Span
}

export type Node = ScalarNode | MapNode | ListNode

type SpanOf = (from: number, to: number) => Span

export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', '<<'])
export const WHOLE_NUMBER = /^-?(0|[1-9][0-9]{0,14})$/

/** Our own tree from the library's: text keys, each once, every node with its span. Reports what it cannot take over. */
export const composed = (node: unknown, spanOf: SpanOf, report: Report, leave: Leave): Node => {
  const span = rangeOf(node, spanOf)
  if (isMap(node)) return mapNode(node, span, spanOf, report, leave)
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => composed(item, spanOf, report, leave)), span }
  return scalarNode(isScalar(node) ? node : null, span, report, leave)
}

/** Plain values for a schema to judge. Keys that could reach a prototype were refused when the file was read. */
export const toValue = (node: Node): unknown => {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(toValue)
    case 'map':
      return Object.fromEntries(node.pairs.map(({ key, value }) => [key, toValue(value)]))
  }
}

const rangeOf = (node: unknown, spanOf: SpanOf): Span => {
  const range = (isMap(node) || isSeq(node) || isScalar(node)) && node.range ? node.range : ([0, 0, 0] as const)
  return spanOf(range[0], range[1])
}

const scalarNode = (node: Scalar | null, span: Span, report: Report, leave: Leave): ScalarNode => {
  const plain = node?.type === 'PLAIN'
  const quoted = typeof node?.value === 'string' ? node.value : null
  const text = plain ? (node.source ?? '') : (quoted ?? '')
  if (leave.anyText !== true && hidesSomething(text))
    report.error(span, 'This text holds a character that cannot be seen.')
  return {
    kind: 'scalar',
    value: plain ? plainValue(node.value, text) : quoted,
    text,
    span,
  }
}

const plainValue = (value: unknown, text: string): ScalarNode['value'] => {
  if (typeof value === 'number') return WHOLE_NUMBER.test(text) ? value : text
  if (typeof value === 'boolean' || value === null) return value
  return text
}

const mapNode = (map: YAMLMap, span: Span, spanOf: SpanOf, report: Report, leave: Leave): MapNode => {
  const first = new Map<string, Span>()
  const pairs: Pair[] = []
  for (const { key, value } of map.items) {
    const name = keyNode(key, spanOf, report, leave)
    if (name === null) continue
    const earlier = first.get(name.text)
    if (earlier !== undefined) {
      report.error(name.span, `\`${name.text}\` stands here a second time; the first is in line ${earlier.line}.`, {
        value: name.text,
      })
      continue
    }
    first.set(name.text, name.span)
    pairs.push({
      key: name.text,
      keySpan: name.span,
      value: value === null ? nothingAt(name.span) : composed(value, spanOf, report, leave),
    })
  }
  return { kind: 'map', pairs, span }
}

const keyNode = (key: unknown, spanOf: SpanOf, report: Report, leave: Leave): ScalarNode | null => {
  const span = rangeOf(key, spanOf)
  if (!isScalar(key)) {
    report.error(span, 'A key must be a text.')
    return null
  }
  const node = scalarNode(key, span, report, leave)
  if (node.text === '') report.error(span, 'A key is missing before the colon.')
  else if (FORBIDDEN_KEYS.has(node.text)) report.error(span, `\`${node.text}\` may not be a key.`, { value: node.text })
  else return node
  return null
}

const nothingAt = (span: Span): ScalarNode => ({ kind: 'scalar', value: null, text: '', span })
