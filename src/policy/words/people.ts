import { listOf, type Style } from './text.js'
import { readValues } from './values.js'
import type { Finding } from '../verdict.js'

const MOST_NAMED = 15

/** Why somebody who acted, or looks as if they could, does not count. */
const WHY: Readonly<Record<string, string>> = {
  commit: 'approved another commit',
  attempt: 'approved another attempt',
  retargeted: 'approved before the base branch was changed',
  lapsed: 'approved too long ago',
  future: 'approved at a time that has not come',
  dismissed: 'had the review dismissed',
  channel: 'approved in a way that this rule does not count',
  reason: 'gave no reason',
  app: 'is an app',
  not_in_group: 'is not in the group',
  author: 'wrote it',
  contributors: 'contributed to it',
  merger: 'merged it',
  deployer: 'started it',
  approval_stale: 'approved something else than this',
  approval_missing: 'has not approved',
  approver_involved: 'has a part in it',
  approver_not_eligible: 'is not in the group',
  not_deployer: 'is not in the group',
}

/** Who can act, and who cannot and why: sentences, without logins that would call anybody. */
export const peopleOf = (finding: Finding, style: Style): readonly string[] => {
  const { may = [], mayNot = [] } = finding.who ?? {}
  const ignored = readValues(finding.values)
    .maps('ignored')
    .map((each) => ({ login: readValues(each).text('by'), why: readValues(each).text('why') }))
  const explained = new Map(mayNot.map(({ person, code }) => [person.login, WHY[code] ?? code]))
  for (const { login, why } of ignored) explained.set(login, WHY[why] ?? why)
  const able = may.map(({ login }) => style.name(login))
  return [
    able.length === 0 ? '' : `${listOf(shortened(able), 'or')} can act.`,
    ...shortened([...explained].map(([login, why]) => `${style.name(login)} cannot: ${style.name(login)} ${why}.`)),
  ].filter((line) => line !== '')
}

const shortened = (items: readonly string[]): readonly string[] =>
  items.length <= MOST_NAMED ? items : [...items.slice(0, MOST_NAMED), `${items.length - MOST_NAMED} more`]
