const FARTHEST = 2
/** Fewer letters begin too many words. */
const SHORTEST = 3

/**
 * The word among `allowed` that was probably meant: a typing mistake away, or the only one that begins so (`prod`);
 * `undefined` where there is none.
 */
export const nearMiss = (word: string, allowed: readonly string[]): string | undefined => {
  const longer = allowed.filter((candidate) => folded(candidate).startsWith(folded(word)))
  return misspelt(word, allowed) ?? (word.length >= SHORTEST && longer.length === 1 ? longer[0] : undefined)
}

/**
 * The word among `allowed` that is at most two typing mistakes away (a letter too many, too few, wrong, or two that
 * changed places), compared case-blind and with `-` as `_`; `undefined` where none is.
 */
export const misspelt = (word: string, allowed: readonly string[]): string | undefined => {
  const meant = folded(word)
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const candidate of allowed) {
    const distance = mistakes(meant, folded(candidate))
    if (distance > tolerance(meant, candidate)) continue
    if (best === undefined || distance < best.distance) best = { word: candidate, distance }
  }
  return best?.word
}

const folded = (word: string): string => word.normalize('NFKC').toLowerCase().replaceAll('-', '_').trim()

/** Short words differ by two letters without being mistaken for each other (`in` and `by`). */
const tolerance = (word: string, candidate: string): number =>
  Math.min(FARTHEST, Math.max(1, Math.ceil(Math.min(word.length, candidate.length) / 2) - 1))

/** Optimal string alignment distance, given up (as infinite) where lengths alone exceed the farthest of interest. */
const mistakes = (a: string, b: string): number => {
  if (Math.abs(a.length - b.length) > FARTHEST) return Infinity
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) row.push(cell(a, b, i, j, row, last, beforeLast))
    beforeLast = last
    last = row
  }
  return last[b.length] ?? Infinity
}

const cell = (
  a: string,
  b: string,
  i: number,
  j: number,
  row: readonly number[],
  last: readonly number[],
  beforeLast: readonly number[],
): number => {
  const at = (values: readonly number[], index: number) => values[index] ?? Infinity
  const same = a[i - 1] === b[j - 1]
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
  return Math.min(
    at(last, j) + 1,
    at(row, j - 1) + 1,
    at(last, j - 1) + (same ? 0 : 1),
    swapped ? at(beforeLast, j - 2) + 1 : Infinity,
  )
}
