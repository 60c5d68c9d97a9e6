/**
 * How words that others wrote are put into a text: so that they show as what they are, and do nothing. Everything that a
 * person, an app or a policy could have chosen goes through here.
 */
export interface Style {
  /** A value: a branch, a title, a reason, a path. */
  readonly value: (text: string) => string
  /** A login or a group's name; never a mention. */
  readonly name: (text: string) => string
  /** A commit, shortened. */
  readonly sha: (text: string) => string
}

/** Controls, bidirectional controls, and characters that take no room: shown as their code point. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]/gu
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9-]*$/
const LONGEST_VALUE = 200

const codePoint = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** One line in which nothing is hidden: white space is a space, what cannot be seen is its code point. */
export const plainText = (text: string): string =>
  cut(text.replace(/[\t\n\r ]+/g, ' ').replace(UNSEEN, codePoint), LONGEST_VALUE)

/** At most so many characters; never half of one. */
export const cut = (text: string, length: number): string => {
  if (text.length <= length) return text
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** A Markdown code span: nothing in it is a link, a mention, HTML or emphasis. Its fence is longer than any inside. */
export const codeSpan = (text: string): string => {
  const shown = plainText(text)
  if (shown.trim() === '') return '` `'
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const edge = /^[` ]|[` ]$/.test(shown) ? ' ' : ''
  return `${fence}${edge}${shown}${edge}${fence}`
}

const shortSha = (sha: string): string => (/^[0-9a-f]{12,}$/.test(sha) ? sha.slice(0, 7) : sha)

export const MARKDOWN: Style = {
  value: codeSpan,
  name: (text) => (PLAIN_NAME.test(text) ? text : codeSpan(text)),
  sha: (text) => codeSpan(shortSha(text)),
}

/** For a terminal, a title, a log. An `@` before a word is set apart, so that no title can call anybody. */
export const PLAIN: Style = {
  value: (text) => plainText(text).replace(/@(?=\w)/g, '@ '),
  name: (text) => plainText(text).replace(/@(?=\w)/g, '@ '),
  sha: (text) => plainText(shortSha(text)),
}

/** `a`, `a and b`, `a, b and c`. */
export const listOf = (items: readonly string[], and = 'and'): string => {
  const [last = '', ...rest] = [...items].reverse()
  return rest.length === 0 ? last : `${rest.reverse().join(', ')} ${and} ${last}`
}

/** An instant in UTC, to the minute, or to the second where it has seconds: `Mon 23 Nov 2026, 10:00 UTC`. */
export const momentOf = (instant: number): string => {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return 'an unknown time'
  const [day, time] = [date.toUTCString().slice(0, 16), date.toISOString().slice(11, 19)]
  return `${day}, ${time.endsWith(':00') ? time.slice(0, 5) : time} UTC`
}

export const counted = (count: number, what: string, many = `${what}s`): string =>
  `${count} ${count === 1 ? what : many}`
