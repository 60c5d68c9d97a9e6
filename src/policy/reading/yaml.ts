import { Composer, LineCounter, Parser } from 'yaml'
import { fileText, type Leave } from './yaml-text.js'
import { composed, type Node } from './yaml-nodes.js'
import { readEvents } from './yaml-events.js'
import { unwelcome } from './yaml-tokens.js'
import { syntaxProblem } from './yaml-words.js'
import { FILE_START, hasErrors, type Report, type Span } from './problems.js'

export { type ListNode, type MapNode, type Node, type Pair, type ScalarNode, toValue } from './yaml-nodes.js'

/**
 * Reads one document of strict YAML 1.2 (core schema). Duplicate keys, directives, anchors, aliases, tags, merge keys,
 * keys that are not plain text, `__proto__` and its kin, a second document, control characters, nesting deeper than 32
 * and files over 64 KiB are errors.
 *
 * @returns the document, or `null` where the report got an error.
 */
export const readYaml = (text: string, report: Report, leave: Leave = {}): Node | null => {
  const node = readYamlTree(text, report, leave)
  return hasErrors(report.problems) ? null : node
}

/**
 * The same, but returns what could be understood of a file with mistakes, so that others can be told beside them.
 * Only for telling: where the report has an error, nothing may rest on what is returned.
 */
export const readYamlTree = (text: string, report: Report, leave: Leave = {}): Node | null =>
  fileText(text, report, leave) ? (readEvents(text, leave) ?? readPatiently(text, report, leave)) : null

/** The same by the parser that goes on after a mistake, and tells it; slower. */
export const readPatiently = (text: string, report: Report, leave: Leave): Node | null => {
  const lines = new LineCounter()
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  const spanOf = (from: number, to: number): Span => between(lines, from, Math.max(from, to))
  unwelcome(tokens, spanOf, report)
  if (hasErrors(report.problems)) return null
  const [document, second] = [...new Composer(OPTIONS).compose(tokens, true, text.length)]
  if (document === undefined || document.contents === null) {
    report.error(FILE_START, 'The file is empty.')
    return null
  }
  const wrong = syntaxProblem([...document.errors, ...document.warnings, ...(second?.errors ?? [])], tokens, text)
  if (wrong !== null) {
    report.error(spanOf(wrong.from, wrong.to), wrong.message, { value: wrong.value })
    return null
  }
  if (second !== undefined)
    report.error(spanOf(second.range[0], second.range[0]), 'A second document begins here; a file holds one.')
  const parsed = !hasErrors(report.problems)
  const node = composed(document.contents, spanOf, report, leave)
  return parsed ? node : null
}

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  strict: true,
  uniqueKeys: false,
  merge: false,
  prettyErrors: false,
} as const

const between = (lines: LineCounter, from: number, to: number): Span => {
  const start = lines.linePos(from)
  const end = lines.linePos(to)
  return { line: Math.max(1, start.line), column: start.col, endLine: Math.max(1, end.line), endColumn: end.col }
}
