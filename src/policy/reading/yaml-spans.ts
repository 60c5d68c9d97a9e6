import type { Span } from './problems.js'

/** The stretch between two offsets of a text, counted in UTF-16 units from 0; the end is exclusive. */
export type SpanOf = (from: number, to: number) => Span

/** Spans in a text. Offsets asked one after another are found fastest where they lie near each other. */
export const spansIn = (text: string): SpanOf => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  let near = 0
  const place = (offset: number): readonly [line: number, column: number] => {
    while (near > 0 && startOf(starts, near) > offset) near -= 1
    while (startOf(starts, near + 1) <= offset) near += 1
    return [near + 1, offset - startOf(starts, near) + 1]
  }
  return (from, to) => {
    const [line, column] = place(from)
    const [endLine, endColumn] = place(Math.max(from, to))
    return { line, column, endLine, endColumn }
  }
}

const startOf = (starts: readonly number[], line: number): number => starts[line] ?? Number.POSITIVE_INFINITY
