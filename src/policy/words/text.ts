/**
 * How words that others wrote are put into a text: so that they show as what they are, and do nothing. Everything that a
 * person, an app or a policy could have chosen goes through here.
 */
export interface Style {
  /** A value: a branch, a path, the name of a check. */
  readonly value: (text: string) => string
  /** Free text: a title, a reason, a pattern. Set apart from the sentence it stands in. */
  readonly quote: (text: string) => string
  /** A whole line that somebody else made, with words of others in it: a mistake in a file, an answer of GitHub. */
  readonly line: (text: string) => string
  /** A login or a group's name; never a mention. */
  readonly name: (text: string) => string
  /** A commit, shortened. */
  readonly sha: (text: string) => string
}

/** Controls, bidirectional controls, and characters that take no room: shown as their code point. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]/gu
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9-]*$/
const LONGEST_VALUE = 200
const LONGEST_LINE = 600

const codePoint = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** One line in which nothing is hidden: white space is a space, what cannot be seen is its code point. */
export const plainText = (text: string): string => shownIn(text, LONGEST_VALUE)

const shownIn = (text: string, longest: number): string =>
  cut(text.replace(/[\t\n\r ]+/g, ' ').replace(UNSEEN, codePoint), longest)

/** At most so many characters, cut after a whole word where one ends late enough; never half of a character or escape. */
export const cut = (text: string, length: number): string => {
  if (text.length <= length) return text
  const room = text.slice(0, length - 1)
  const space = text[length - 1] === ' ' ? room.length : room.lastIndexOf(' ')
  const kept = space > length / 2 ? room.slice(0, space) : whole(room)
  return `${kept.replace(/[\s,;:.]+$/, '')}…`
}

/** Without the half of a character, or of an escape for one, that a cut left at the end. */
const whole = (text: string): string => text.replace(/[\uD800-\uDBFF]$/, '').replace(/\\(u(\{[0-9a-f]*)?)?$/, '')

/** A Markdown code span: nothing in it is a link, a mention, HTML or emphasis. Its fence is longer than any inside. */
export const codeSpan = (text: string): string => spanOf(plainText(text))

const spanOf = (shown: string): string => {
  if (shown.trim() === '') return '` `'
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const edge = /^[` ]|[` ]$/.test(shown) ? ' ' : ''
  return `${fence}${edge}${shown}${edge}${fence}`
}

export const shortSha = (sha: string): string => (/^[0-9a-f]{12,}$/.test(sha) ? sha.slice(0, 7) : sha)

export const MARKDOWN: Style = {
  value: codeSpan,
  quote: codeSpan,
  line: (text) => spanOf(shownIn(text, LONGEST_LINE)),
  name: (text) => (PLAIN_NAME.test(text) ? text : codeSpan(text)),
  sha: (text) => codeSpan(shortSha(text)),
}

/** An `@` before a word is set apart, so that no title can call anybody. */
const quiet = (text: string, longest = LONGEST_VALUE): string => shownIn(text, longest).replace(/@(?=\w)/g, '@ ')

/** For a terminal or a log. */
export const PLAIN: Style = {
  value: (text) => quiet(text),
  quote: (text) => `“${quiet(text)}”`,
  line: (text) => quiet(text, LONGEST_LINE),
  name: (text) => quiet(text),
  sha: (text) => quiet(shortSha(text)),
}

const IN_TITLE = 60
const LINE_IN_TITLE = 100

/** For a title, whose 140 characters one long value must not fill. */
export const TITLE: Style = {
  value: (text) => quiet(text, IN_TITLE),
  quote: (text) => `“${quiet(text, IN_TITLE)}”`,
  line: (text) => quiet(text, LINE_IN_TITLE),
  name: (text) => quiet(text, IN_TITLE),
  sha: (text) => quiet(shortSha(text), IN_TITLE),
}

/** `a`, `a and b`, `a, b and c`. */
export const listOf = (items: readonly string[], and = 'and'): string => {
  const [last = '', ...rest] = [...items].reverse()
  return rest.length === 0 ? last : `${rest.reverse().join(', ')} ${and} ${last}`
}

const MOST = 10

/** The first few of a long list, and how many more there are: `a, b and 7 more`. */
export const someOf = (items: readonly string[], and = 'and', most = MOST): string =>
  listOf(items.length <= most + 1 ? items : [...items.slice(0, most), `${items.length - most} more`], and)

export const counted = (count: number, what: string, many = `${what}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? what : many}`

export const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
