import { momentOf } from './moments.js'
import { weakness } from './protection.js'
import { counted, listOf, someOf, type Style } from './text.js'
import { readValues, textOf, valuesIn, type Read } from './values.js'
import type { Finding, Json } from '../verdict.js'

/** Parts of sentences that several of them need, or that are too long to stand in the table of sentences. */

export const moment = (read: Read, key: string): string => {
  const instant = read.number(key)
  const zone = read.text('timezone')
  return instant === null ? 'a time that is not known' : momentOf(instant, zone === '' ? undefined : zone)
}

/** `1 of 2 approvals from managers`. */
export const approvals = (read: Read, style: Style): string => {
  const count = read.number('count') ?? 1
  const from = read.text('from')
  return `${read.texts('approved').length} of ${counted(count, 'approval')}${from === '' ? '' : ` from ${style.name(from)}`}`
}

/** Why too few count, where no list of those that do not says it. */
export const shortOf = (read: Read, style: Style, why: string): string =>
  read.maps('ignored').length > 0 ? approvals(read, style) : `${approvals(read, style)}; ${why}`

/** The first mistake in a file, and how many more there are. */
export const problems = (read: Read, { line }: Style): string => {
  const [first, ...more] = read.texts('problems')
  if (first === undefined) return ''
  const others = more.length === 0 ? '' : ` (and ${counted(more.length, 'more mistake')})`
  return `: ${line(first.replace(/\.$/, ''))}${others}`
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

/** `written by dev, who is not in core`. */
export const outsiders = (read: Read, style: Style, deed: string): string => {
  const wrong = read.texts('wrong').length > 0 ? read.texts('wrong') : read.texts('authors')
  const is = wrong.length > 1 ? 'are' : 'is'
  const direct = valuesIn(read.texts('direct'), style.sha)
  if (read.texts('wrong').length === 0 && direct !== '') return `no pull request, and so no author, brought ${direct}`
  const inside = read.text('in') || read.text('onlyIn')
  const outside = read.text('notIn')
  const why =
    inside !== ''
      ? `, who ${is} not in ${style.name(inside)}`
      : outside !== ''
        ? `, who ${is} in ${style.name(outside)}`
        : ', whom this rule does not let through'
  return `${deed} ${listOf(wrong.map(style.name)) || 'somebody'}${why}`
}

export const contributors = (read: Read, style: Style): string => {
  if (read.texts('wrong').length === 0 && read.text('anyIn') !== '')
    return `nobody of ${style.name(read.text('anyIn'))} contributed to it`
  if (read.is('onlyAuthor') && read.text('onlyIn') === '')
    return `only its author may contribute to it, and ${listOf(read.texts('wrong').map(style.name)) || 'somebody else'} did too`
  return outsiders(read, style, 'contributed to by')
}

export const overdue = (each: Finding['values'], { name }: Style): string => {
  const read = readValues(each)
  const what =
    read.text('by') === '' ? 'a job that started without this app' : `an override by ${name(read.text('by'))}`
  return `${what} of ${moment(read, 'at')}, due at ${moment(read, 'due')}`
}

export const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '')

/** `the branch main`, `the tag v1`. */
export const refWords = (ref: string, { value }: Style): string => {
  const kind = ref.startsWith('refs/heads/') ? 'the branch ' : ref.startsWith('refs/tags/') ? 'the tag ' : ''
  return `${kind}${value(shortRef(ref))}`
}

/** `allowed: the branches main, release/*; the tags v*`. */
export const allowedRefs = (read: Read, { value }: Style): string => {
  const [branches, tags] = [read.texts('branches'), read.texts('tags')]
  const parts = [
    branches.length === 0
      ? ''
      : `${branches.length === 1 ? 'the branch' : 'the branches'} ${valuesIn(branches, value)}`,
    tags.length === 0 ? '' : `${tags.length === 1 ? 'the tag' : 'the tags'} ${valuesIn(tags, value)}`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : `; allowed: ${parts.join(' and ')}`
}

const CHECK_WORDS = {
  check_missing: 'has not run',
  check_running: 'is running',
  check_failed: 'did not succeed',
  check_untrusted: 'was reported by somebody who is not trusted for it',
} as const
type CheckCode = keyof typeof CHECK_WORDS

/** Each check that is open, in its own words; `code` is the worst of them. */
export const checksWords = (code: CheckCode, read: Read, { value }: Style): string => {
  const open = read.maps('open')
  if (open.length === 0) return `a check ${CHECK_WORDS[code]}`
  return someOf(open.map((each) => `${value(textOf(each['name']))} ${checkWords(each, code, value)}`))
}

const checkWords = (each: Finding['values'], code: CheckCode, value: Style['value']): string => {
  const own = checkCode(each['code'] ?? code)
  const ended = readValues(each)
    .texts('conclusions')
    .filter((conclusion) => conclusion !== 'running')
  return own === 'check_failed' && ended.length > 0
    ? `${CHECK_WORDS[own]} (${valuesIn(ended, value)})`
    : CHECK_WORDS[own]
}

export const checkCode = (code: Json): CheckCode =>
  typeof code === 'string' && code in CHECK_WORDS ? (code as CheckCode) : 'check_failed'

export const weak = (read: Read, style: Style): string =>
  `GitHub does not protect ${style.value(read.text('branch'))} as asked: ${someOf(read.maps('weak').map((each) => weakness(each, style)))}`

export const unreviewed = (read: Read, style: Style): string => {
  const commits = valuesIn(read.texts('commits'), style.sha)
  const changes = valuesIn(read.texts('changes'), (text) => (/^#\d+$/.test(text) ? text : style.value(text)))
  if (commits === '') return 'nothing tells where what ships begins; name a commit as `since` in `reviewed`'
  return `no reviewed pull request brought ${commits}${changes === '' ? '' : ` (the merge gate had not allowed ${changes})`}`
}

export const paths = (finding: Finding, read: Read, { value }: Style): string => {
  const files = valuesIn(read.texts('files'), value)
  if (finding.rule === 'not') return files === '' ? 'a changed file fits' : `changed files fit: ${files}`
  if (files === '') return 'no changed file fits'
  return read.is('none') ? `these files must not change: ${files}` : `these files do not fit: ${files}`
}

export const labels = (read: Read, { value }: Style): string => {
  const [missing, oneOf, unwanted] = [read.texts('missing'), read.texts('oneOf'), read.texts('unwanted')]
  const word = (of: readonly string[]) => (of.length === 1 ? 'label' : 'labels')
  const parts = [
    missing.length > 0 ? `missing ${word(missing)}: ${valuesIn(missing, value)}` : '',
    oneOf.length > 0 ? `none of these labels is set: ${valuesIn(oneOf, value)}` : '',
    unwanted.length > 0 ? `unwanted ${word(unwanted)}: ${valuesIn(unwanted, value)}` : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? parts.join('; ') : 'its labels are not as asked'
}

export const pattern = (read: Read, { value, quote }: Style): string => {
  const what = read.text('value')
  const patterns = read.texts('matches')
  const never = read.texts('notMatches')
  const asked = [
    patterns.length > 0 ? `must fit ${listOf(patterns.map(quote), 'or')}` : '',
    never.length > 0 ? `must not fit ${listOf(never.map(quote), 'or')}` : '',
  ].filter((part) => part !== '')
  if (what === '') return 'a pattern is not met'
  return `its ${/^[a-z]+$/.test(what) ? what : value(what)} is ${quote(read.text('found'))}${asked.length > 0 ? `; it ${asked.join(' and ')}` : ''}`
}
