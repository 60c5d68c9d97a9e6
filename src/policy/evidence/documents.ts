/** One line of a Markdown text, as far as headings and the text below them are concerned. */
type Line =
  | { readonly kind: 'blank' | 'text' | 'hidden' }
  | { readonly kind: 'heading'; readonly level: number; readonly name: string }

const FENCE = /^ {0,3}(`{3,}|~{3,})/
const ATX = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*$/
const SETEXT = /^ {0,3}(=+|-+)[ \t]*$/
const INDENTED = /^(?: {4}|\t)/
const SAYS_SOMETHING = /[\p{L}\p{N}]/u
const MARKERS = /^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*(?:\[[ xX]\])?/

/** A heading as it is compared: case-blind, without emphasis, code marks, closing hashes and spare spaces. */
const headingName = (written: string): string =>
  written
    .replace(/[ \t]+#+[ \t]*$/, '')
    .replace(/[*_`~]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()

/** Takes HTML comments out of one line; `open` says that one began in an earlier line. An unclosed one hides the rest. */
const uncommented = (line: string, open: boolean): { readonly shown: string; readonly open: boolean } => {
  let shown = ''
  let inside = open
  for (let at = 0; at < line.length;) {
    const mark = inside ? '-->' : '<!--'
    const next = line.indexOf(mark, at)
    if (!inside) shown += line.slice(at, next === -1 ? line.length : next)
    if (next === -1) break
    inside = !inside
    at = next + mark.length
  }
  return { shown, open: inside }
}

interface Reading {
  readonly lines: Line[]
  fence: string | null
  comment: boolean
  /** The text of the line before, where an underline could make it a heading. */
  before: string | null
}

const readLine = (reading: Reading, line: string): void => {
  const [, mark] = FENCE.exec(line) ?? []
  if (reading.fence !== null) {
    if (mark !== undefined && mark.startsWith(reading.fence) && line.trim() === mark) reading.fence = null
    return push(reading, { kind: 'hidden' }, null)
  }
  if (!reading.comment && mark !== undefined) {
    reading.fence = mark
    return push(reading, { kind: 'hidden' }, null)
  }
  const { shown, open } = uncommented(line, reading.comment)
  reading.comment = open
  readShown(reading, shown)
}

const readShown = (reading: Reading, shown: string): void => {
  const last = reading.lines.at(-1)?.kind ?? 'blank'
  const [, hashes, title = ''] = ATX.exec(shown) ?? []
  if (hashes !== undefined)
    return push(reading, { kind: 'heading', level: hashes.length, name: headingName(title) }, null)
  const [, underline] = SETEXT.exec(shown) ?? []
  if (underline !== undefined && reading.before !== null) {
    reading.lines.pop()
    const level = underline.startsWith('=') ? 1 : 2
    return push(reading, { kind: 'heading', level, name: headingName(reading.before) }, null)
  }
  if (shown.trim() === '') return push(reading, { kind: 'blank' }, null)
  if (INDENTED.test(shown) && last !== 'text') return push(reading, { kind: 'hidden' }, null)
  const says = SAYS_SOMETHING.test(shown.replace(MARKERS, ''))
  push(reading, { kind: says ? 'text' : 'hidden' }, says && last !== 'text' ? shown : null)
}

const push = (reading: Reading, line: Line, before: string | null): void => {
  reading.lines.push(line)
  reading.before = before
}

const linesOf = (markdown: string): readonly Line[] => {
  const reading: Reading = { lines: [], fence: null, comment: false, before: null }
  for (const line of markdown.split(/\r\n|\n|\r/)) readLine(reading, line)
  return reading.lines
}

/**
 * Headings, as {@link headingName} compares them, that have text under them: before the next heading of the same or a
 * higher level, so that a sub-heading with text is text. Code blocks and HTML comments are neither heading nor text.
 */
const headingsWithText = (markdown: string): ReadonlySet<string> => {
  const found = new Set<string>()
  let open: { readonly level: number; readonly name: string }[] = []
  for (const line of linesOf(markdown)) {
    if (line.kind === 'heading') open = [...open.filter(({ level }) => level < line.level), line]
    else if (line.kind === 'text') for (const { name } of open) found.add(name)
  }
  return found
}

const read = new WeakMap<object, ReadonlySet<string>>()

/** A text, and the thing it belongs to: a pull request is read once, however often its release is judged. */
export interface Document {
  readonly body: string
  readonly owner: object
}

const headingsIn = ({ body, owner }: Document): ReadonlySet<string> => {
  const before = read.get(owner)
  if (before !== undefined) return before
  const fresh = headingsWithText(body)
  read.set(owner, fresh)
  return fresh
}

const asked = new WeakMap<readonly string[], readonly string[]>()

const namesOf = (headings: readonly string[]): readonly string[] => {
  const before = asked.get(headings)
  if (before !== undefined) return before
  const fresh = headings.map(headingName)
  asked.set(headings, fresh)
  return fresh
}

/** Which of these headings a text lacks, or has without text under them. */
export const missingHeadings = (headings: readonly string[], document: Document): readonly string[] => {
  const present = headingsIn(document)
  const names = namesOf(headings)
  return headings.filter((_, index) => !present.has(names[index] ?? ''))
}

/** The text as people see it: without HTML comments, an unclosed one hiding everything after it. */
export const withoutComments = (markdown: string): string => {
  let comment = false
  const shown = markdown.split('\n').map((line) => {
    const read = uncommented(line, comment)
    comment = read.open
    return read.shown
  })
  return shown.join('\n')
}
