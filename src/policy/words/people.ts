import { someOf, type Style } from './text.js'
import { readValues } from './values.js'
import type { Code, Finding } from '../verdict.js'

/** What is wrong with an approval that was given. Who gave it may be able to give another. */
const OF_APPROVAL: Readonly<Record<string, string>> = {
  commit: 'of another commit than this',
  attempt: 'of another attempt than this',
  retargeted: 'from before the base branch was changed',
  lapsed: 'too old by now',
  future: 'dated in the future',
  channel: 'given in a way that this rule does not count',
  reason: 'given without the reason that this rule asks for',
  dismissed: 'dismissed',
  expired: 'past its time',
}

/** Why somebody cannot act here, of one person and of several. */
const OF_PERSON: Readonly<Record<string, readonly [one: string, many: string]>> = {
  author: ['wrote it', 'wrote it'],
  contributors: ['contributed to it', 'contributed to it'],
  merger: ['merged it', 'merged it'],
  deployer: ['started or released it', 'started or released it'],
  involved: ['has a part in it', 'have a part in it'],
  approver_involved: ['has a part in it', 'have a part in it'],
  app: ['is an app, and apps never count', 'are apps, and apps never count'],
}

const OUTSIDE = ['not_in_group', 'approver_not_eligible', 'not_deployer']

/** What the people of a finding can do about it. */
const DEED: Partial<Readonly<Record<Code, string>>> = {
  approval_missing: 'approve',
  approval_stale: 'approve',
  approver_involved: 'approve',
  approver_not_eligible: 'approve',
  deployer_missing: 'release it',
  objection: 'withdraw the objection',
  override_unreviewed: 'review it',
}

interface Told {
  readonly login: string
  readonly why: string
}

/** Who can act, whose act does not count, who cannot act, and why: sentences, without logins that would call anybody. */
export const peopleOf = (finding: Finding, style: Style): readonly string[] => {
  const { may = [], mayNot = [] } = finding.who ?? {}
  const deed = (finding.code === undefined ? undefined : DEED[finding.code]) ?? 'act'
  const given = readValues(finding.values)
    .maps('ignored')
    .map((each) => ({ login: readValues(each).text('by'), why: readValues(each).text('why') }))
  const barred = new Map<string, Told>()
  for (const { person, code, why } of mayNot) barred.set(person.login, { login: person.login, why: why ?? code })
  for (const each of given) if (OF_APPROVAL[each.why] === undefined) barred.set(each.login, each)
  return [
    ...mayAct(
      may.map(({ login }) => login),
      finding,
      deed,
      style,
    ),
    ...grouped(given.filter(({ why }) => OF_APPROVAL[why] !== undefined)).map(([why, logins]) =>
      notCounted(finding, why, logins.map(style.name)),
    ),
    ...grouped([...barred.values()]).map(([why, logins]) => cannot(finding, deed, why, logins.map(style.name), style)),
  ]
}

const mayAct = (logins: readonly string[], { who }: Finding, deed: string, { name }: Style): readonly string[] => {
  if (who === undefined) return []
  return [logins.length === 0 ? `Nobody can ${deed} at the moment.` : `${someOf(logins.map(name), 'or')} can ${deed}.`]
}

const notCounted = ({ rule }: Finding, why: string, names: readonly string[]): string => {
  const what = rule === 'override' ? 'override' : 'approval'
  return names.length === 1
    ? `The ${what} by ${someOf(names)} does not count: it is ${OF_APPROVAL[why] ?? why}.`
    : `The ${what}s by ${someOf(names)} do not count: they are ${OF_APPROVAL[why] ?? why}.`
}

const cannot = ({ values }: Finding, deed: string, why: string, names: readonly string[], { name }: Style): string => {
  const read = readValues(values)
  const group = read.text('from') || read.text('in') || read.text('by')
  const outside = group === '' ? 'the group' : name(group)
  const [one, many] = OUTSIDE.includes(why)
    ? [`is not in ${outside}`, `are not in ${outside}`]
    : (OF_PERSON[why] ?? [`is refused (${why})`, `are refused (${why})`])
  const shown = someOf(names)
  return names.length === 1 ? `${shown} cannot ${deed}: ${shown} ${one}.` : `${shown} cannot ${deed}: they ${many}.`
}

/** Logins by why, each why in the order in which it first comes. */
const grouped = (told: readonly Told[]): readonly (readonly [string, readonly string[]])[] => {
  const groups = new Map<string, string[]>()
  for (const { login, why } of told) {
    const key = OUTSIDE.includes(why) ? 'not_in_group' : why
    groups.set(key, [...(groups.get(key) ?? []), login])
  }
  return [...groups]
}
