import { counted, listOf, momentOf, type Style } from './explain-text.js'
import { readValues, textOf, valuesIn, type Read } from './explain-values.js'
import type { Code, Finding, Json } from './verdict.js'

/** One finding's sentence, without its end: what is so, with the values that made it so. */
export const wordsOf = (finding: Finding, style: Style): string => {
  const read = readValues(finding.values)
  if (finding.rule === 'gate' && finding.name === 'distinct') return distinct(read, style)
  if (finding.rule === 'override' && finding.outcome === 'inactive') return override(finding, read, style)
  if (finding.outcome === 'inactive') return 'does not apply here'
  if (finding.outcome === 'allow') return allowed(finding, read, style)
  return finding.code === undefined ? combined(finding) : refused(finding.code, finding, read, style)
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

const moment = (read: Read, key: string): string => {
  const instant = read.number(key)
  return instant === null ? 'a time that is not known' : momentOf(instant)
}

const approvals = (read: Read, style: Style): string => {
  const count = read.number('count') ?? 1
  const from = read.text('from')
  return `${read.texts('approved').length} of ${counted(count, 'approval')}${from === '' ? '' : ` from ${style.name(from)}`}`
}

/** Why something does not allow. Every code has its words; a new one does not compile without. */
const refused = (code: Code, finding: Finding, read: Read, style: Style): string => {
  const values = (key: string) => valuesIn(read.texts(key), style.value)
  const names = (key: string) => listOf(read.texts(key).map(style.name))
  const { value } = style
  switch (code) {
    case 'approval_missing':
      return approvals(read, style)
    case 'approval_stale':
      return `${approvals(read, style)}; an approval of something else than exactly this does not count`
    case 'approver_involved':
      return `${approvals(read, style)}; who has a part in it cannot approve it`
    case 'approver_not_eligible':
      return `${approvals(read, style)}; who approved is not in the group`
    case 'approval_rejected':
      return `rejected by ${names('objectors') || names('by') || 'a member of an approving group'}`
    case 'objection':
      return `${names('objectors') || 'somebody'} asked for changes and has not approved since`
    case 'author_not_allowed':
      return `written by ${names('authors') || names('author') || 'somebody else'}, whom this rule does not let through`
    case 'contributor_not_allowed':
      return `${names('wrong') || 'somebody'} contributed to it, whom this rule does not let through`
    case 'contributor_unknown':
      return `a contributor belongs to no account${values('commits') ? ` (commits ${values('commits')})` : ''}`
    case 'deployer_missing':
      return `waits for a member of ${style.name(read.text('in'))} to release it${startedBy(read, style)}`
    case 'not_deployer':
      return `only a member of ${style.name(read.text('in'))} may release here${startedBy(read, style)}`
    case 'actor_not_allowed':
      return `started by ${article(read.text('kind'), style)}; it must be ${listOf(
        read.texts('in').map((kind) => article(kind, style)),
        'or',
      )}`
    case 'check_missing':
    case 'check_running':
    case 'check_failed':
    case 'check_untrusted':
      return checksWords(code, read, style)
    case 'workflow_missing':
      return `has not completed on this commit: ${values('missing')}`
    case 'workflow_failed':
      return `did not conclude as asked: ${read
        .maps('failed')
        .map((each) => `${value(textOf(each['path']))} (${value(textOf(each['conclusion']))})`)
        .join(', ')}`
    case 'ref_not_allowed':
      return `started from ${read.text('ref') === '' ? 'no ref' : value(read.text('ref'))}, from which nothing may be released here`
    case 'ref_ambiguous':
      return `a branch and a tag are both called ${value(shortRef(read.text('ref')))}, so it cannot be told which one ran`
    case 'sha_not_reachable':
      return `the commit is not on ${value(shortRef(read.text('ref')))}`
    case 'event_not_allowed':
      return `started by the event ${value(read.text('event'))}; allowed: ${values('in')}`
    case 'workflow_not_allowed':
      return `run by ${read.text('path') === '' ? 'no workflow' : value(read.text('path'))}; allowed: ${values('paths')}`
    case 'workflow_changed':
      return `${value(read.text('path'))} differs from the default branch's version`
    case 'protection_weak':
      return `GitHub does not protect ${value(read.text('branch'))} as asked: ${read
        .maps('weak')
        .map((each) => weakness(each, style))
        .join(', ')}`
    case 'not_deployed_before':
      return `this commit has not been released to ${value(read.text('to'))} through this app`
    case 'soaking':
      return `this commit is in ${value(read.text('to'))} since ${moment(read, 'since')}, long enough at ${moment(read, 'until')}`
    case 'unreviewed_commit':
      return unreviewed(read, style)
    case 'documents_missing':
      return `missing: ${read
        .maps('missing')
        .map((each) => `${listOf(readValues(each).texts('headings').map(value))} in ${value(textOf(each['in']))}`)
        .join('; ')}`
    case 'issue_missing':
      return `no issue is linked, and no ticket that fits ${values('matches')} is named${values('missing') ? ` (${values('missing')})` : ''}`
    case 'window_closed':
      return read.number('opensAt') === null
        ? 'no window opens'
        : `no window is open; the next opens at ${moment(read, 'opensAt')}`
    case 'frozen':
      return `frozen${finding.name === undefined ? '' : ` (${value(finding.name)})`}${read.number('until') === null ? '' : ` until ${moment(read, 'until')}`}`
    case 'delayed':
      return `asked for at ${moment(read, 'since')}; the delay ends at ${moment(read, 'until')}`
    case 'busy':
      return `another deployment to ${value(read.text('environment'))} is running${values('running') ? `: ${values('running')}` : ''}`
    case 'outdated':
      return `something newer has been released here: ${read.texts('newer').map(style.sha).join(', ')}`
    case 'path_not_allowed':
      return paths(finding, read, style)
    case 'size_not_allowed':
      return `${counted(read.number('additions') ?? 0, 'line')} added and ${read.number('deletions') ?? 0} deleted; asked: ${values('broken')}`
    case 'label_missing':
      return labels(read, style)
    case 'pattern_not_met':
      return pattern(read, style)
    case 'tier_not_allowed':
      return `this environment's tier is ${value(read.text('tier'))}; allowed: ${values('in')}`
    case 'draft':
      return read.is('draft') ? 'it is a draft' : 'it is not a draft'
    case 'fork_not_allowed':
      return read.is('fork') ? 'it comes from a fork' : 'it does not come from a fork'
    case 'not_signed':
      return `not every commit is signed as asked: ${read.texts('commits').map(style.sha).join(', ')}`
    case 'conversations_open':
      return `${counted(read.number('unresolved') ?? 0, 'review thread')} not resolved`
    case 'override_unreviewed':
      return `not reviewed in time: ${
        read
          .maps('overdue')
          .map((each) => overdue(each, style))
          .join(', ') || 'an earlier override or bypass'
      }`
    case 'unsatisfiable':
      return 'fewer people may approve than are asked for'
    case 'renamed':
      return `${value(read.text('fact'))} is now somebody else than the policy means${because(read, style)}`
    case 'tier_lowered':
      return `the repository's file gives this environment a lower tier than the organisation's${problems(read, style)}`
    case 'no_rule_applies':
      return 'no rule applies, and nothing is allowed because nothing was asked'
    case 'policy_invalid':
      return `the policy file is not valid${problems(read, style)}`
    case 'fact_unknown':
      return `${read.text('fact') === '' ? 'a fact' : value(read.text('fact'))} could not be read${because(read, style)}`
    default:
      return code satisfies never
  }
}

const because = (read: Read, { value }: Style): string =>
  read.text('reason') === '' ? '' : `: ${value(read.text('reason'))}`

const problems = (read: Read, { value }: Style): string => {
  const [first, ...more] = read.texts('problems')
  if (first === undefined) return ''
  return `: ${value(first)}${more.length > 0 ? ` and ${counted(more.length, 'more mistake', 'more mistakes')}` : ''}`
}

const startedBy = (read: Read, { name }: Style): string =>
  read.text('startedBy') === '' ? '' : `; ${name(read.text('startedBy'))} started it`

const article = (kind: string, { value }: Style): string => {
  switch (kind) {
    case 'user':
      return 'a person'
    case 'app':
      return 'an app'
    default:
      return kind === 'schedule' ? 'a schedule' : value(kind)
  }
}

const overdue = (each: Finding['values'], { name }: Style): string => {
  const read = readValues(each)
  const what =
    read.text('by') === '' ? 'a job that started without this app' : `an override by ${name(read.text('by'))}`
  return `${what} of ${moment(read, 'at')}, due at ${moment(read, 'due')}`
}

const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '')

const CHECK_WORDS = {
  check_missing: 'has not run',
  check_running: 'is running',
  check_failed: 'did not succeed',
  check_untrusted: 'was reported by somebody who is not trusted for it',
} as const

/** Each check that is open, in its own words; `code` is the worst of them. */
const checksWords = (code: keyof typeof CHECK_WORDS, read: Read, { value }: Style): string => {
  const open = read.maps('open')
  if (open.length === 0) return `a check ${CHECK_WORDS[code]}`
  return open.map((each) => `${value(textOf(each['name']))} ${checkWords(each['code'] ?? code)}`).join(', ')
}

const checkWords = (code: Json): string =>
  typeof code === 'string' && code in CHECK_WORDS
    ? CHECK_WORDS[code as keyof typeof CHECK_WORDS]
    : CHECK_WORDS.check_failed

const weakness = (each: Finding['values'], { value }: Style): string =>
  `${value(textOf(each['key']))} is ${value(textOf(each['found']))} and must be ${value(textOf(each['asked']))}`

const unreviewed = (read: Read, style: Style): string => {
  const commits = read.texts('commits').map(style.sha).join(', ')
  const changes = valuesIn(read.texts('changes'), (text) => (/^#\d+$/.test(text) ? text : style.value(text)))
  if (commits === '') return 'nothing tells where what ships begins; name a commit as since'
  return `these commits came by no reviewed pull request: ${commits}${changes === '' ? '' : ` (${changes})`}`
}

const paths = (finding: Finding, read: Read, { value }: Style): string => {
  const files = valuesIn(read.texts('files'), value)
  if (finding.rule === 'not') return files === '' ? 'a changed file fits' : `changed files fit: ${files}`
  if (files === '') return 'no changed file fits'
  return read.is('none') ? `these files must not change: ${files}` : `these files do not fit: ${files}`
}

const labels = (read: Read, { value }: Style): string => {
  const parts = [
    read.texts('missing').length > 0 ? `missing labels: ${valuesIn(read.texts('missing'), value)}` : '',
    read.texts('oneOf').length > 0 ? `one of these labels is missing: ${valuesIn(read.texts('oneOf'), value)}` : '',
    read.texts('unwanted').length > 0
      ? `labels that must not be there: ${valuesIn(read.texts('unwanted'), value)}`
      : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? parts.join('; ') : 'its labels are not as asked'
}

const pattern = (read: Read, { value }: Style): string => {
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
