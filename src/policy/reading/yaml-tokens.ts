import type { CST } from 'yaml'
import type { Report, Span } from './problems.js'
import { DEEPEST } from './yaml-text.js'

/** What YAML has and a policy has no use for, by the type of its token. */
const UNWELCOME: ReadonlyMap<string, string> = new Map([
  ['directive', 'A directive (%…) has no place here.'],
  ['anchor', 'An anchor (&…) has no place here; write the value where it is meant.'],
  ['alias', 'An alias (*…) has no place here; write the value where it is meant, in quotes where it is a text.'],
  ['tag', 'A tag (!…) has no place here; quote the value where it is a text.'],
])

const COLLECTIONS: ReadonlySet<string> = new Set(['block-map', 'block-seq', 'flow-collection'])

interface Visit {
  readonly thing: object
  readonly depth: number
}

/** Reports directives, anchors, aliases, tags and nesting deeper than 32 among the parser's tokens. */
export const unwelcome = (
  tokens: readonly CST.Token[],
  spanOf: (from: number, to: number) => Span,
  report: Report,
): void => {
  if (!tokens.every((token) => isWelcome(token, 0))) tell(tokens, spanOf, report)
}

/**
 * Whether there is certainly nothing to report: what nearly every file is, told without making anything. What it does
 * not know it leaves to {@link tell}. Goes no deeper than values may be nested, so no file can exhaust the stack.
 */
const isWelcome = (token: CST.Token | null | undefined, depth: number): boolean => {
  if (token === null || token === undefined) return true
  if (token.type === 'document') return arePlain(token.start) && isWelcome(token.value, depth) && arePlain(token.end)
  if ('items' in token)
    return depth < DEEPEST && (!('end' in token) || arePlain(token.end)) && areWelcome(token.items, depth + 1)
  if ('props' in token) return token.props.every(({ type }) => isPlain(type))
  return isPlain(token.type) || (SCALARS.has(token.type) && (!('end' in token) || arePlain(token.end)))
}

const SCALARS: ReadonlySet<string> = new Set(['scalar', 'single-quoted-scalar', 'double-quoted-scalar'])

const areWelcome = (items: readonly CST.CollectionItem[], depth: number): boolean => {
  for (const { start, key, sep, value } of items)
    if (!arePlain(start) || !isWelcome(key, depth) || !arePlain(sep) || !isWelcome(value, depth)) return false
  return true
}

const arePlain = (tokens: readonly CST.SourceToken[] | undefined): boolean => {
  if (tokens !== undefined) for (const { type } of tokens) if (!isPlain(type)) return false
  return true
}

const PLAIN: ReadonlySet<string> = new Set([
  'space',
  'newline',
  'comment',
  'comma',
  'seq-item-ind',
  'map-value-ind',
  'explicit-key-ind',
  'flow-map-start',
  'flow-map-end',
  'flow-seq-start',
  'flow-seq-end',
  'block-scalar-header',
])

const isPlain = (type: string): boolean => PLAIN.has(type)

/** Walks without recursion: what is nested too deep comes here. */
const tell = (tokens: readonly object[], spanOf: (from: number, to: number) => Span, report: Report): void => {
  const open: Visit[] = tokens.map((thing) => ({ thing, depth: 0 })).reverse()
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { thing } = visit
    const depth = visit.depth + (COLLECTIONS.has(typeOf(thing)) ? 1 : 0)
    const message = depth > DEEPEST ? `Values are nested deeper than ${DEEPEST}.` : UNWELCOME.get(typeOf(thing))
    if (message !== undefined) report.error(placeOf(thing, spanOf), message, { value: sourceOf(thing) })
    if (depth > DEEPEST) return
    for (const child of Object.values(thing).reverse()) {
      if (typeof child === 'object' && child !== null) open.push({ thing: child as object, depth })
    }
  }
}

const typeOf = (thing: object): string => ('type' in thing && typeof thing.type === 'string' ? thing.type : '')

const sourceOf = (thing: object): string => ('source' in thing && typeof thing.source === 'string' ? thing.source : '')

const placeOf = (thing: object, spanOf: (from: number, to: number) => Span): Span => {
  const from = 'offset' in thing && typeof thing.offset === 'number' ? thing.offset : 0
  return spanOf(from, from + sourceOf(thing).length)
}
