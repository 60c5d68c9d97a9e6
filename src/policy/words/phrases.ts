import { counted, listOf, momentOf, type Style } from './text.js'
import { readValues, textOf, valuesIn, type Read } from './values.js'
import type { Finding, Json } from '../verdict.js'

/** Parts of sentences that several of them need, or that are too long to stand in the table of sentences. */

export const moment = (read: Read, key: string): string => {
  const instant = read.number(key)
  return instant === null ? 'a time that is not known' : momentOf(instant)
}

export const approvals = (read: Read, style: Style): string => {
  const count = read.number('count') ?? 1
  const from = read.text('from')
  return `${read.texts('approved').length} of ${counted(count, 'approval')}${from === '' ? '' : ` from ${style.name(from)}`}`
}

export const because = (read: Read, { value }: Style): string =>
  read.text('reason') === '' ? '' : `: ${value(read.text('reason'))}`

export const problems = (read: Read, { value }: Style): string => {
  const [first, ...more] = read.texts('problems')
  if (first === undefined) return ''
  return `: ${value(first)}${more.length > 0 ? ` and ${counted(more.length, 'more mistake', 'more mistakes')}` : ''}`
}

export const startedBy = (read: Read, { name }: Style): string =>
  read.text('startedBy') === '' ? '' : `; ${name(read.text('startedBy'))} started it`

export const article = (kind: string, { value }: Style): string => {
  switch (kind) {
    case 'user':
      return 'a person'
    case 'app':
      return 'an app'
    default:
      return kind === 'schedule' ? 'a schedule' : value(kind)
  }
}

export const overdue = (each: Finding['values'], { name }: Style): string => {
  const read = readValues(each)
  const what =
    read.text('by') === '' ? 'a job that started without this app' : `an override by ${name(read.text('by'))}`
  return `${what} of ${moment(read, 'at')}, due at ${moment(read, 'due')}`
}

export const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '')

const CHECK_WORDS = {
  check_missing: 'has not run',
  check_running: 'is running',
  check_failed: 'did not succeed',
  check_untrusted: 'was reported by somebody who is not trusted for it',
} as const

/** Each check that is open, in its own words; `code` is the worst of them. */
export const checksWords = (code: keyof typeof CHECK_WORDS, read: Read, { value }: Style): string => {
  const open = read.maps('open')
  if (open.length === 0) return `a check ${CHECK_WORDS[code]}`
  return open.map((each) => `${value(textOf(each['name']))} ${checkWords(each['code'] ?? code)}`).join(', ')
}

const checkWords = (code: Json): string =>
  typeof code === 'string' && code in CHECK_WORDS
    ? CHECK_WORDS[code as keyof typeof CHECK_WORDS]
    : CHECK_WORDS.check_failed

export const weakness = (each: Finding['values'], { value }: Style): string =>
  `${value(textOf(each['key']))} is ${value(textOf(each['found']))} and must be ${value(textOf(each['asked']))}`

export const unreviewed = (read: Read, style: Style): string => {
  const commits = read.texts('commits').map(style.sha).join(', ')
  const changes = valuesIn(read.texts('changes'), (text) => (/^#\d+$/.test(text) ? text : style.value(text)))
  if (commits === '') return 'nothing tells where what ships begins; name a commit as since'
  return `these commits came by no reviewed pull request: ${commits}${changes === '' ? '' : ` (${changes})`}`
}

export const paths = (finding: Finding, read: Read, { value }: Style): string => {
  const files = valuesIn(read.texts('files'), value)
  if (finding.rule === 'not') return files === '' ? 'a changed file fits' : `changed files fit: ${files}`
  if (files === '') return 'no changed file fits'
  return read.is('none') ? `these files must not change: ${files}` : `these files do not fit: ${files}`
}

export const labels = (read: Read, { value }: Style): string => {
  const parts = [
    read.texts('missing').length > 0 ? `missing labels: ${valuesIn(read.texts('missing'), value)}` : '',
    read.texts('oneOf').length > 0 ? `one of these labels is missing: ${valuesIn(read.texts('oneOf'), value)}` : '',
    read.texts('unwanted').length > 0
      ? `labels that must not be there: ${valuesIn(read.texts('unwanted'), value)}`
      : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? parts.join('; ') : 'its labels are not as asked'
}

export const pattern = (read: Read, { value }: Style): string => {
  const what = read.text('value')
  const patterns = read.texts('matches')
  const never = read.texts('notMatches')
  const asked = [
    patterns.length > 0 ? `must fit ${listOf(patterns.map(value), 'or')}` : '',
    never.length > 0 ? `must not fit ${listOf(never.map(value), 'or')}` : '',
  ].filter((part) => part !== '')
  if (what === '') return 'a pattern is not met'
  return `its ${/^[a-z]+$/.test(what) ? what : value(what)} is ${value(read.text('found'))}${asked.length > 0 ? `; it ${asked.join(' and ')}` : ''}`
}
