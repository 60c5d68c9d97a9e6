import { missingDocuments } from './refused.js'
import { approvals as counts, checkCode, moment } from './phrases.js'
import { counted, listOf, someOf, type Style } from './text.js'
import { readValues, type Read } from './values.js'
import type { Code, Finding } from '../verdict.js'

type Awaited = (read: Read, style: Style, finding: Finding) => string

/** The approvals of a `distinct` gate for which nobody stands. */
const unfilled = (read: Read, { quote }: Style): string => {
  const open = read.maps('stands').filter((each) => readValues(each).text('by') === '')
  const names = listOf(open.map((each) => quote(readValues(each).text('for'))))
  return `${counted(Math.max(1, open.length), 'approval')}${names === '' ? '' : ` for ${names}`} by somebody who does not stand for another one`
}

/** `1 approval from managers`, with why those that were given do not count, or who is too few. */
const approvals: Awaited = (read, style, finding) => {
  if (finding.rule === 'gate') return unfilled(read, style)
  const open = Math.max(1, (read.number('count') ?? 1) - read.texts('approved').length)
  const from = finding.name === undefined ? style.name(read.text('from')) : style.quote(finding.name)
  const asked = from === '' ? counts(read, style) : `${counted(open, 'approval')} from ${from}`
  const eligible = read.number('eligible')
  if (finding.also?.includes('unsatisfiable') !== true || eligible === null) return asked
  return `${asked} (${eligible === 0 ? 'nobody' : `only ${counted(eligible, 'person', 'people')}`} may approve)`
}

const CHECK_STATES = {
  check_missing: 'not run yet',
  check_running: 'running',
  check_failed: 'failed',
  check_untrusted: 'not by a trusted reporter',
} as const

const checks: Awaited = (read, style, { code }) => {
  const open = read
    .maps('open')
    .map((each) => [readValues(each).text('name'), CHECK_STATES[checkCode(each['code'] ?? code ?? null)]] as const)
  const states = [...new Set(open.map(([, state]) => state))]
  const names = (state: string) =>
    someOf(
      open.filter(([, each]) => each === state).map(([name]) => style.value(name)),
      'and',
      3,
    )
  if (open.length === 0) return 'the checks'
  return `the ${open.length === 1 ? 'check' : 'checks'} ${listOf(states.map((state) => `${names(state)} (${state})`))}`
}

const atTime = (read: Read, key: string, word: string): string =>
  read.number(key) === null ? '' : ` ${word} ${moment(read, key)}`

/** What is waited for, as a noun; codes that are not here are told by their sentence. */
const AWAITED: Partial<Readonly<Record<Code, Awaited>>> = {
  approval_missing: approvals,
  approval_stale: approvals,
  approver_involved: approvals,
  approver_not_eligible: approvals,
  objection: (read, { name }) =>
    `${listOf(read.texts('objectors').map(name)) || 'an objector'} to withdraw the requested changes`,
  deployer_missing: (read, { name }) => `${name(read.text('in')) || 'a deployer'} to release it`,
  check_missing: checks,
  check_running: checks,
  check_failed: checks,
  check_untrusted: checks,
  window_closed: (read) =>
    read.number('opensAt') === null
      ? 'a window, of which none opens'
      : `the window to open${atTime(read, 'opensAt', 'at')}`,
  frozen: (read, { quote }, { name }) =>
    `the end of the freeze${name === undefined ? '' : ` ${quote(name)}`}${atTime(read, 'until', 'at')}`,
  soaking: (read, { value }) =>
    `${value(read.text('to')) || 'the release before'} to soak${atTime(read, 'until', 'until')}`,
  delayed: (read) => `the delay to end${atTime(read, 'until', 'at')}`,
  not_deployed_before: (read, { value }) => `a release of this commit to ${value(read.text('to'))} first`,
  conversations_open: (read) => `${counted(read.number('unresolved') ?? 0, 'review thread')} to be resolved`,
  busy: (read, { value }) =>
    `another deployment${read.text('environment') === '' ? '' : ` to ${value(read.text('environment'))}`} to end`,
  draft: (read) => (read.is('draft') ? 'the draft to be marked as ready' : 'the pull request to be a draft'),
  override_unreviewed: () => 'the review of an earlier override or bypass',
  documents_missing: (read, style) => missingDocuments(read, style) || 'documents',
  issue_missing: () => 'a linked issue',
}

/** What a finding waits for, as a noun; `null`: it is told by its sentence. */
export const awaitedBy = (finding: Finding, style: Style): string | null => {
  const words = finding.code === undefined ? undefined : AWAITED[finding.code]
  return words ? words(readValues(finding.values), style, finding) : null
}
