import { article, moment, refWords } from './phrases.js'
import { REFUSED } from './refused.js'
import { counted, listOf, someOf, type Style } from './text.js'
import { readValues, textOf, valuesIn, type Read } from './values.js'
import type { Finding } from '../verdict.js'

/** One finding's sentence, without its end: what is so, with the values that made it so. */
export const wordsOf = (finding: Finding, style: Style): string => {
  const read = readValues(finding.values)
  if (finding.rule === 'gate' && finding.name === 'distinct') return distinct(read, style)
  if (finding.rule === 'override' && finding.outcome === 'inactive') return override(finding, read, style)
  if (finding.outcome === 'inactive')
    return finding.rule === 'when' ? 'does not apply: its conditions do not hold' : 'does not apply here'
  if (finding.outcome === 'allow') return allowed(finding, read, style)
  if (finding.outcome === 'undecided' && ['not', 'when', 'any', 'all'].includes(finding.rule)) return untold(finding)
  if (finding.rule === 'not' && finding.outcome === 'deny') return `not allowed here: ${held(finding, style)}`
  return finding.code === undefined ? combined(finding) : REFUSED[finding.code](read, style, finding)
}

/** Who stands for which approval, where one person may stand for one only. */
const distinct = (read: Read, { name, quote }: Style): string => {
  const stands = read.maps('stands').map((each) => {
    const { text } = readValues(each)
    return `${text('by') === '' ? 'nobody' : name(text('by'))} for ${quote(text('for'))}`
  })
  return `one person counts for one approval only: ${stands.join(', ')}`
}

/** Who overrode, and why; or why nobody's override counts. */
const override = ({ code }: Finding, read: Read, { name, quote }: Style): string => {
  const given = read.maps('given').map((each) => `${name(textOf(each['by']))} (${quote(textOf(each['reason']))})`)
  const overrode = given.length > 0 ? `overridden by ${listOf(given)}` : 'no override counts'
  return code === undefined
    ? overrode
    : `${overrode}; it takes ${counted(read.number('count') ?? 1, 'person', 'people')} of ${name(read.text('by'))}`
}

const untold = ({ rule, values }: Finding): string =>
  rule === 'when' && values['holds'] !== true
    ? 'it cannot be told whether this applies'
    : 'it cannot be told whether this is met'

/** What holds though it must not: the words of what stands inside `not`, which allowed. */
const held = ({ children = [] }: Finding, style: Style): string =>
  listOf(children.map((child) => holding(child, style))) || 'what this turns around'

const holding = (finding: Finding, style: Style): string => {
  if (finding.rule === 'not') return listOf((finding.children ?? []).map((child) => wordsOf(child, style)))
  const inside = (finding.children ?? []).filter(({ outcome }) => outcome === 'allow')
  if (inside.length > 0) return listOf(inside.map((child) => holding(child, style)))
  const words = allowed(finding, readValues(finding.values), style)
  return words === 'met'
    ? (HOLDS[finding.rule]?.(readValues(finding.values), style) ?? `${finding.rule} is met`)
    : words
}

const HOLDS: Readonly<Record<string, (read: Read, style: Style) => string>> = {
  actor: (read, style) => `started by ${article(read.text('kind'), style)}`,
  changed: (read, { value }) =>
    read.texts('files').length === 0
      ? 'the changed files fit'
      : `changed files fit: ${valuesIn(read.texts('files'), value)}`,
  contributors: () => 'its contributors are as named',
  draft: (read) => (read.is('draft') ? 'it is a draft' : 'it is not a draft'),
  fork: (read) => (read.is('fork') ? 'it comes from a fork' : 'it does not come from a fork'),
  labels: () => 'its labels are as named',
  signed: () => 'every commit is signed',
  size: () => 'it has the size that is named',
  tier: (read, { value }) => `the tier is ${value(read.text('tier'))}`,
  base: () => 'the name of its base fits',
  head: () => 'the name of its head fits',
  repository: () => 'the name of the repository fits',
  title: () => 'its title fits',
}

/** A combination without a code of its own: what is in it tells. */
const combined = ({ rule }: Finding): string => {
  switch (rule) {
    case 'any':
      return 'none of these is met'
    case 'when':
      return 'it applies here, and is not met'
    case 'not':
      return 'this must not be so'
    default:
      return 'not all of these are met'
  }
}

/** What made it allow, where a rule says more than that it does. */
const allowed = ({ rule, values, children }: Finding, read: Read, style: Style): string => {
  const { name, value } = style
  switch (rule) {
    case 'approval':
      return `approved by ${someOf(read.texts('approved').map(name)) || 'enough people'}`
    case 'author':
      return read.texts('authors').length === 0 ? 'met' : `written by ${someOf(read.texts('authors').map(name))}`
    case 'deployer':
      return `${read.is('released') ? 'released' : 'started'} by ${name(read.text('deployer')) || 'one of them'}`
    case 'checks':
      return `succeeded: ${valuesIn(read.texts('checks'), value)}`
    case 'workflows':
      return `ended as asked: ${valuesIn(read.texts('paths'), value)}`
    case 'ref':
      return read.text('ref') === '' ? 'met' : `from ${refWords(read.text('ref'), style)}`
    case 'event':
      return `started by ${value(read.text('event'))}`
    case 'workflow':
      return read.text('path') === '' ? 'met' : `run by ${value(read.text('path'))}`
    case 'protected':
      return `GitHub protects ${value(read.text('branch'))} as asked`
    case 'reviewed':
      return typeof values['commits'] === 'number'
        ? `${counted(values['commits'], 'commit')} by ${counted(read.number('changes') ?? 0, 'reviewed pull request')}`
        : 'met'
    case 'deployed':
      return `released to ${value(read.text('to'))} at ${moment(read, 'since')}`
    case 'window':
      return read.number('closesAt') === null
        ? 'a window is open'
        : `a window is open until ${moment(read, 'closesAt')}`
    case 'newest':
      return read.is('rollback') ? 'a rollback, to which this does not apply' : 'nothing newer was released here'
    case 'one_at_a_time':
      return 'no other deployment is running'
    case 'no_objection':
      return 'nobody objects'
    case 'override':
      return 'lifted by an override'
    case 'any':
      return 'one of these is met'
    default:
      return children && children.length > 0 && rule !== 'not' ? 'all of these are met' : 'met'
  }
}
