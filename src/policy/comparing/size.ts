import { different, stronger, weaker, type Change } from './changes.js'

const KINDS = ['additions', 'deletions', 'total'] as const

/** Numbers of lines that pass, both ends among them. */
interface Range {
  readonly from: number
  readonly to: number
}

const EVERYTHING: Range = { from: 0, to: Infinity }

const rangeOf = (comparison: unknown): Range => {
  const written = (comparison as { readonly written: string } | undefined)?.written ?? '>=0'
  const [, operator = '', digits = ''] = /^\s*(<=|>=|<|>|=)\s*(\d+)\s*$/.exec(written) ?? []
  const bound = Number(digits)
  switch (operator) {
    case '<':
      return { from: 0, to: bound - 1 }
    case '<=':
      return { from: 0, to: bound }
    case '>':
      return { from: bound + 1, to: Infinity }
    case '>=':
      return { from: bound, to: Infinity }
    case '=':
      return { from: bound, to: bound }
    default:
      return EVERYTHING
  }
}

const rangeText = ({ from, to }: Range): string =>
  to === Infinity
    ? `at least ${from}`
    : from === to
      ? `exactly ${from}`
      : from === 0
        ? `at most ${to}`
        : `${from} to ${to}`

const isInside = (inner: Range, outer: Range): boolean => outer.from <= inner.from && inner.to <= outer.to

/** What other comparisons of lines let pass. */
export const sizeChanges = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly Change[] =>
  KINDS.flatMap((kind) => {
    const [old, now] = [rangeOf(before[kind]), rangeOf(after[kind])]
    const [narrower, wider] = [isInside(now, old), isInside(old, now)]
    const words = `${kind}: ${rangeText(now)} lines instead of ${rangeText(old)}`
    if (narrower && wider) return []
    if (narrower) return [stronger(words)]
    return [wider ? weaker(words) : different(words)]
  })
