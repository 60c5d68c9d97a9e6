import type { Report, Span } from './problems.js'

const DEEPEST = 32

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

/**
 * Reports directives, anchors, aliases, tags and nesting deeper than 32 among the parser's tokens. Walks without
 * recursion, so that no file can exhaust the stack.
 */
export const unwelcome = (
  tokens: readonly object[],
  spanOf: (from: number, to: number) => Span,
  report: Report,
): void => {
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
