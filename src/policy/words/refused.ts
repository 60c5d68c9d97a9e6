import { couldNotBeRead, meansAnother } from './facts.js'
import {
  allowedRefs,
  approvals,
  article,
  checksWords,
  contributors,
  labels,
  moment,
  outsiders,
  overdue,
  paths,
  pattern,
  problems,
  refWords,
  shortOf,
  shortRef,
  startedBy,
  unreviewed,
  weak,
} from './phrases.js'
import { counted, listOf, someOf, type Style } from './text.js'
import { readValues, textOf, valuesIn, type Read } from './values.js'
import type { Code, Finding } from '../verdict.js'

type Words = (read: Read, style: Style, finding: Finding) => string

const shown = (read: Read, style: Style, key: string): string => valuesIn(read.texts(key), style.value)
const named = (read: Read, style: Style, key: string): string => listOf(read.texts(key).map(style.name))

/** Why something does not allow. Every code has its words; a new one does not compile without. */
export const REFUSED: Readonly<Record<Code, Words>> = {
  approval_missing: (read, style) => approvals(read, style),
  approval_stale: (read, style) =>
    shortOf(read, style, 'an approval of something else than exactly this does not count'),
  approver_involved: (read, style) => shortOf(read, style, 'who has a part in it cannot approve it'),
  approver_not_eligible: (read, style) => shortOf(read, style, 'who approved is not in the group'),
  approval_rejected: (read, style) =>
    `rejected by ${named(read, style, 'objectors') || named(read, style, 'by') || 'a member of an approving group'}`,
  objection: (read, style) =>
    `${read.texts('objectors').length > 1 ? 'changes were requested' : 'a change was requested'} by ${named(read, style, 'objectors') || 'somebody'}, not withdrawn since`,
  author_not_allowed: (read, style) => outsiders(read, style, 'written by'),
  contributor_not_allowed: (read, style) => contributors(read, style),
  contributor_unknown: (read, style, { rule }) =>
    rule === 'author'
      ? 'the author of a pull request has no account any more'
      : `it cannot be told who contributed: the e-mail address of a commit belongs to no account${read.texts('commits').length === 0 ? '' : ` (${valuesIn(read.texts('commits'), style.sha)})`}`,
  deployer_missing: (read, style) =>
    `somebody of ${style.name(read.text('in'))} must release it${startedBy(read, style)}`,
  not_deployer: (read, style) => `only ${style.name(read.text('in'))} may release here${startedBy(read, style)}`,
  actor_not_allowed: (read, style) =>
    `started by ${article(read.text('kind'), style)}; it must be ${listOf(
      read.texts('in').map((kind) => article(kind, style)),
      'or',
    )}`,
  check_missing: (read, style) => checksWords('check_missing', read, style),
  check_running: (read, style) => checksWords('check_running', read, style),
  check_failed: (read, style) => checksWords('check_failed', read, style),
  check_untrusted: (read, style) => checksWords('check_untrusted', read, style),
  workflow_missing: (read, style) => `not completed on this commit: ${shown(read, style, 'missing')}`,
  workflow_failed: (read, style) =>
    `did not end as asked: ${someOf(
      read
        .maps('failed')
        .map((each) => `${style.value(textOf(each['path']))} (${style.value(textOf(each['conclusion']))})`),
    )}`,
  ref_not_allowed: (read, style) =>
    `started from ${read.is('fork') ? 'a fork’s ' : ''}${read.text('ref') === '' ? 'no branch or tag' : refWords(read.text('ref'), style).replace(/^the /, read.is('fork') ? '' : 'the ')}, from which nothing may be released here${allowedRefs(read, style)}`,
  ref_ambiguous: (read, style) =>
    `a branch and a tag are both called ${style.value(shortRef(read.text('ref')))}, so it cannot be told which one ran`,
  sha_not_reachable: (read, style) => `the commit is not on ${refWords(read.text('ref'), style)}`,
  event_not_allowed: (read, style) =>
    `started by the event ${style.value(read.text('event'))}; allowed: ${shown(read, style, 'in')}`,
  workflow_not_allowed: (read, style) =>
    `run by ${read.text('path') === '' ? 'no workflow' : style.value(read.text('path'))}; allowed: ${shown(read, style, 'paths')}`,
  workflow_changed: (read, style) => `${style.value(read.text('path'))} differs from the default branch's version`,
  protection_weak: (read, style) => weak(read, style),
  not_deployed_before: (read, style) =>
    `this commit has not been released to ${style.value(read.text('to'))} through this app`,
  soaking: (read, style) =>
    `this commit is in ${style.value(read.text('to'))} since ${moment(read, 'since')}, long enough at ${moment(read, 'until')}`,
  unreviewed_commit: (read, style) => unreviewed(read, style),
  documents_missing: (read, style) => `missing ${missingDocuments(read, style) || 'documents'}`,
  issue_missing: (read, style) =>
    `no issue is linked${read.texts('matches').length > 0 ? `, and no ticket that fits ${listOf(read.texts('matches').map(style.quote), 'or')} is named` : ''}${shown(read, style, 'missing') ? ` (${shown(read, style, 'missing')})` : ''}`,
  window_closed: (read) =>
    read.number('opensAt') === null
      ? 'no window opens'
      : `no window is open; the next opens at ${moment(read, 'opensAt')}`,
  frozen: (read, style, finding) =>
    `frozen${finding.name === undefined ? '' : ` (${style.quote(finding.name)})`}${read.number('until') === null ? '' : ` until ${moment(read, 'until')}`}`,
  delayed: (read) => `asked for at ${moment(read, 'since')}; the delay ends at ${moment(read, 'until')}`,
  busy: (read, style) =>
    `another deployment to ${style.value(read.text('environment'))} is running${shown(read, style, 'running') ? `: ${shown(read, style, 'running')}` : ''}`,
  outdated: (read, style) => `something newer has been released here: ${valuesIn(read.texts('newer'), style.sha)}`,
  path_not_allowed: (read, style, finding) => paths(finding, read, style),
  size_not_allowed: (read, style) =>
    `${counted(read.number('additions') ?? 0, 'line')} added and ${counted(read.number('deletions') ?? 0, 'line')} deleted; asked: ${shown(read, style, 'broken')}`,
  label_missing: (read, style) => labels(read, style),
  pattern_not_met: (read, style) => pattern(read, style),
  tier_not_allowed: (read, style) =>
    `this environment's tier is ${style.value(read.text('tier'))}; allowed: ${shown(read, style, 'in')}`,
  draft: (read) => (read.is('draft') ? 'it is a draft' : 'it is not a draft'),
  fork_not_allowed: (read) => (read.is('fork') ? 'it comes from a fork' : 'it does not come from a fork'),
  not_signed: (read, style) => `not every commit is signed as asked: ${valuesIn(read.texts('commits'), style.sha)}`,
  conversations_open: (read) => `${counted(read.number('unresolved') ?? 0, 'review thread')} not resolved`,
  override_unreviewed: (read, style) =>
    `not reviewed in time: ${
      read
        .maps('overdue')
        .map((each) => overdue(each, style))
        .join(', ') || 'an earlier override or bypass'
    }`,
  unsatisfiable: () => 'fewer people may approve than are asked for',
  renamed: (read, style) => meansAnother(read, style),
  tier_lowered: (read, style) =>
    `the repository's file gives this environment a lower tier than the organisation's${problems(read, style)}`,
  no_rule_applies: () => 'no rule applies here, and nothing is allowed because nothing was asked',
  policy_invalid: (read, style) =>
    `the ${read.text('source') === 'organisation' ? "organisation's " : ''}policy file is not valid${problems(read, style)}`,
  fact_unknown: (read, style) => couldNotBeRead(read, style),
}

/** `“Rollback plan” in #7; “Test data” in #8`. */
export const missingDocuments = (read: Read, style: Style): string =>
  someOf(
    read
      .maps('missing')
      .map((each) => `${listOf(readValues(each).texts('headings').map(style.quote))} in ${place(each, style)}`),
    'and',
  )

const place = (each: Finding['values'], style: Style): string => {
  const where = textOf(each['in'])
  return /^#\d+$/.test(where) ? where : style.value(where)
}
