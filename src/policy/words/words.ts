import { moment } from './phrases.js'
import { REFUSED } from './refused.js'
import { counted, listOf, type Style } from './text.js'
import { readValues, textOf, valuesIn, type Read } from './values.js'
import type { Finding } from '../verdict.js'

/** One finding's sentence, without its end: what is so, with the values that made it so. */
export const wordsOf = (finding: Finding, style: Style): string => {
  const read = readValues(finding.values)
  if (finding.rule === 'gate' && finding.name === 'distinct') return distinct(read, style)
  if (finding.rule === 'override' && finding.outcome === 'inactive') return override(finding, read, style)
  if (finding.outcome === 'inactive') return 'does not apply here'
  if (finding.outcome === 'allow') return allowed(finding, read, style)
  return finding.code === undefined ? combined(finding) : REFUSED[finding.code](read, style, finding)
}

/** Who stands for which approval, where one person may stand for one only. */
const distinct = (read: Read, { name, value }: Style): string => {
  const stands = read.maps('stands').map((each) => {
    const { text } = readValues(each)
    return `${text('by') === '' ? 'nobody' : name(text('by'))} for ${value(text('for'))}`
  })
  return `one person for one approval: ${stands.join(', ')}`
}

/** Who overrode, and why; or why nobody's override counts. */
const override = ({ code }: Finding, read: Read, { name, value }: Style): string => {
  const given = read.maps('given').map((each) => `${name(textOf(each['by']))} (${value(textOf(each['reason']))})`)
  const overrode = given.length > 0 ? `overridden by ${listOf(given)}` : 'no override counts'
  return code === undefined
    ? overrode
    : `${overrode}; it takes ${counted(read.number('count') ?? 1, 'person', 'people')} of ${name(read.text('by'))}`
}

/** A combination without a code of its own: what is in it tells. */
const combined = ({ rule }: Finding): string => {
  switch (rule) {
    case 'any':
      return 'none of these is met'
    case 'when':
      return 'asked here, and not met'
    case 'not':
      return 'this must not be so'
    default:
      return 'not all of these are met'
  }
}

const allowed = ({ rule, children }: Finding, read: Read, style: Style): string => {
  const names = (key: string) => listOf(read.texts(key).map(style.name))
  switch (rule) {
    case 'approval':
      return `approved by ${names('approved') || 'enough people'}`
    case 'deployer':
      return `${read.is('released') ? 'released' : 'started'} by ${style.name(read.text('deployer'))}`
    case 'checks':
      return `succeeded: ${valuesIn(read.texts('checks'), style.value)}`
    case 'deployed':
      return `released to ${style.value(read.text('to'))} at ${moment(read, 'since')}`
    case 'window':
      return read.number('closesAt') === null
        ? 'a window is open'
        : `a window is open until ${moment(read, 'closesAt')}`
    case 'newest':
      return read.is('rollback') ? 'a rollback, to which this does not apply' : 'nothing newer was released here'
    case 'override':
      return 'lifted by an override'
    case 'any':
      return 'one of these is met'
    default:
      return children && children.length > 0 ? 'all of these are met' : 'met'
  }
}
