import { FILE_START, type Report, type Span } from './problems.js'

const MOST_BYTES = 64 * 1024

/** How deep values may be nested. */
export const DEEPEST = 32

/**
 * Characters that are invisible or that make a reviewer see another text than the parser: controls (but tab and line
 * feed, and a carriage return before one), lone surrogates, line and paragraph separators, bidirectional controls,
 * zero-width ones, and a byte order mark anywhere but at the start.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]/gu

/** What a scenario file may do and a policy may not: be long, and quote hostile text. */
export interface Leave {
  readonly anyLength?: boolean
  readonly anyText?: boolean
}

/** Whether the text of a file can be read at all; says why not in the report. */
export const fileText = (text: string, report: Report, leave: Leave = {}): boolean => {
  const bytes = leave.anyLength === true ? 0 : new TextEncoder().encode(text).length
  if (bytes > MOST_BYTES) {
    report.error(FILE_START, `The file has ${bytes} bytes; it may have ${MOST_BYTES} (64 KiB).`, {
      value: String(bytes),
    })
    return false
  }
  let fine = true
  if (leave.anyText === true) return fine
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (mayStand(text, character, index)) continue
    fine = false
    report.error(
      spanAt(text, index),
      `The character ${codePoint(character)} cannot be seen; it may not stand in this file.`,
      {
        value: codePoint(character),
      },
    )
  }
  return fine
}

/** Whether a text, once its escapes are undone, holds what may not stand in a file (`"\u202e"`). */
export const hidesSomething = (text: string): boolean =>
  [...text.matchAll(UNSEEN)].some(({ 0: character }) => character !== '\t' && character !== '\n')

const mayStand = (text: string, character: string, index: number): boolean => {
  if (character === '\t' || character === '\n') return true
  if (character === '\r') return text[index + 1] === '\n'
  return character === '\ufeff' && index === 0
}

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

const spanAt = (text: string, index: number): Span => {
  const before = text.slice(0, index)
  const line = before.split('\n').length
  const column = index - before.lastIndexOf('\n')
  return { line, column, endLine: line, endColumn: column + 1 }
}
