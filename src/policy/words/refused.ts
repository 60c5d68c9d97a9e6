import {
  moment,
  approvals,
  because,
  problems,
  startedBy,
  article,
  overdue,
  shortRef,
  checksWords,
  weakness,
  unreviewed,
  paths,
  labels,
  pattern,
} from './phrases.js'
import { counted, listOf, type Style } from './text.js'
import { readValues, textOf, valuesIn, type Read } from './values.js'
import type { Code, Finding } from '../verdict.js'

type Words = (read: Read, style: Style, finding: Finding) => string

const shown = (read: Read, style: Style, key: string): string => valuesIn(read.texts(key), style.value)
const named = (read: Read, style: Style, key: string): string => listOf(read.texts(key).map(style.name))

/** Why something does not allow. Every code has its words; a new one does not compile without. */
export const REFUSED: Readonly<Record<Code, Words>> = {
  approval_missing: (read, style) => approvals(read, style),
  approval_stale: (read, style) =>
    `${approvals(read, style)}; an approval of something else than exactly this does not count`,
  approver_involved: (read, style) => `${approvals(read, style)}; who has a part in it cannot approve it`,
  approver_not_eligible: (read, style) => `${approvals(read, style)}; who approved is not in the group`,
  approval_rejected: (read, style) =>
    `rejected by ${named(read, style, 'objectors') || named(read, style, 'by') || 'a member of an approving group'}`,
  objection: (read, style) =>
    `${named(read, style, 'objectors') || 'somebody'} asked for changes and has not approved since`,
  author_not_allowed: (read, style) =>
    `written by ${named(read, style, 'authors') || named(read, style, 'author') || 'somebody else'}, whom this rule does not let through`,
  contributor_not_allowed: (read, style) =>
    `${named(read, style, 'wrong') || 'somebody'} contributed to it, whom this rule does not let through`,
  contributor_unknown: (read, style) =>
    `a contributor belongs to no account${shown(read, style, 'commits') ? ` (commits ${shown(read, style, 'commits')})` : ''}`,
  deployer_missing: (read, style) =>
    `waits for a member of ${style.name(read.text('in'))} to release it${startedBy(read, style)}`,
  not_deployer: (read, style) =>
    `only a member of ${style.name(read.text('in'))} may release here${startedBy(read, style)}`,
  actor_not_allowed: (read, style) =>
    `started by ${article(read.text('kind'), style)}; it must be ${listOf(
      read.texts('in').map((kind) => article(kind, style)),
      'or',
    )}`,
  check_missing: (read, style) => checksWords('check_missing', read, style),
  check_running: (read, style) => checksWords('check_running', read, style),
  check_failed: (read, style) => checksWords('check_failed', read, style),
  check_untrusted: (read, style) => checksWords('check_untrusted', read, style),
  workflow_missing: (read, style) => `has not completed on this commit: ${shown(read, style, 'missing')}`,
  workflow_failed: (read, style) =>
    `did not conclude as asked: ${read
      .maps('failed')
      .map((each) => `${style.value(textOf(each['path']))} (${style.value(textOf(each['conclusion']))})`)
      .join(', ')}`,
  ref_not_allowed: (read, style) =>
    `started from ${read.is('fork') ? 'a fork’s ' : ''}${read.text('ref') === '' ? 'no ref' : style.value(read.text('ref'))}, from which nothing may be released here`,
  ref_ambiguous: (read, style) =>
    `a branch and a tag are both called ${style.value(shortRef(read.text('ref')))}, so it cannot be told which one ran`,
  sha_not_reachable: (read, style) => `the commit is not on ${style.value(shortRef(read.text('ref')))}`,
  event_not_allowed: (read, style) =>
    `started by the event ${style.value(read.text('event'))}; allowed: ${shown(read, style, 'in')}`,
  workflow_not_allowed: (read, style) =>
    `run by ${read.text('path') === '' ? 'no workflow' : style.value(read.text('path'))}; allowed: ${shown(read, style, 'paths')}`,
  workflow_changed: (read, style) => `${style.value(read.text('path'))} differs from the default branch's version`,
  protection_weak: (read, style) =>
    `GitHub does not protect ${style.value(read.text('branch'))} as asked: ${read
      .maps('weak')
      .map((each) => weakness(each, style))
      .join(', ')}`,
  not_deployed_before: (read, style) =>
    `this commit has not been released to ${style.value(read.text('to'))} through this app`,
  soaking: (read, style) =>
    `this commit is in ${style.value(read.text('to'))} since ${moment(read, 'since')}, long enough at ${moment(read, 'until')}`,
  unreviewed_commit: (read, style) => unreviewed(read, style),
  documents_missing: (read, style) =>
    `missing: ${read
      .maps('missing')
      .map(
        (each) =>
          `${listOf(readValues(each).texts('headings').map(style.value))} in ${style.value(textOf(each['in']))}`,
      )
      .join('; ')}`,
  issue_missing: (read, style) =>
    `no issue is linked, and no ticket that fits ${shown(read, style, 'matches')} is named${shown(read, style, 'missing') ? ` (${shown(read, style, 'missing')})` : ''}`,
  window_closed: (read) =>
    read.number('opensAt') === null
      ? 'no window opens'
      : `no window is open; the next opens at ${moment(read, 'opensAt')}`,
  frozen: (read, style, finding) =>
    `frozen${finding.name === undefined ? '' : ` (${style.value(finding.name)})`}${read.number('until') === null ? '' : ` until ${moment(read, 'until')}`}`,
  delayed: (read) => `asked for at ${moment(read, 'since')}; the delay ends at ${moment(read, 'until')}`,
  busy: (read, style) =>
    `another deployment to ${style.value(read.text('environment'))} is running${shown(read, style, 'running') ? `: ${shown(read, style, 'running')}` : ''}`,
  outdated: (read, style) => `something newer has been released here: ${read.texts('newer').map(style.sha).join(', ')}`,
  path_not_allowed: (read, style, finding) => paths(finding, read, style),
  size_not_allowed: (read, style) =>
    `${counted(read.number('additions') ?? 0, 'line')} added and ${read.number('deletions') ?? 0} deleted; asked: ${shown(read, style, 'broken')}`,
  label_missing: (read, style) => labels(read, style),
  pattern_not_met: (read, style) => pattern(read, style),
  tier_not_allowed: (read, style) =>
    `this environment's tier is ${style.value(read.text('tier'))}; allowed: ${shown(read, style, 'in')}`,
  draft: (read) => (read.is('draft') ? 'it is a draft' : 'it is not a draft'),
  fork_not_allowed: (read) => (read.is('fork') ? 'it comes from a fork' : 'it does not come from a fork'),
  not_signed: (read, style) =>
    `not every commit is signed as asked: ${read.texts('commits').map(style.sha).join(', ')}`,
  conversations_open: (read) => `${counted(read.number('unresolved') ?? 0, 'review thread')} not resolved`,
  override_unreviewed: (read, style) =>
    `not reviewed in time: ${
      read
        .maps('overdue')
        .map((each) => overdue(each, style))
        .join(', ') || 'an earlier override or bypass'
    }`,
  unsatisfiable: () => 'fewer people may approve than are asked for',
  renamed: (read, style) =>
    `${style.value(read.text('fact'))} is now somebody else than the policy means${because(read, style)}`,
  tier_lowered: (read, style) =>
    `the repository's file gives this environment a lower tier than the organisation's${problems(read, style)}`,
  no_rule_applies: () => 'no rule applies, and nothing is allowed because nothing was asked',
  policy_invalid: (read, style) => `the policy file is not valid${problems(read, style)}`,
  fact_unknown: (read, style) =>
    `${read.text('fact') === '' ? 'a fact' : style.value(read.text('fact'))} could not be read${because(read, style)}`,
}
