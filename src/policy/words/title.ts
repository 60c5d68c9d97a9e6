import { counted, cut, listOf, momentOf, PLAIN } from './text.js'
import { readValues, type Read } from './values.js'
import { wordsOf } from './words.js'
import type { Code, Finding, Outcome, Verdict } from '../verdict.js'

const LONGEST = 140

/** A verdict in at most 140 characters: what it waits for, or what is in the way. */
export const titleOf = (verdict: Verdict): string => cut(sentence(verdict), LONGEST)

const sentence = (verdict: Verdict): string => {
  const reasons = reasonsOf(verdict.findings, verdict.decision)
  switch (verdict.decision) {
    case 'allow':
      return `${OPEN[verdict.kind]}: ${verdict.overridden === true ? 'an override lifted what was missing' : 'every rule is met'}`
    case 'wait':
      return waiting(reasons)
    case 'deny':
      return capital(joined(reasons.map((finding) => wordsOf(finding, PLAIN))))
    case 'undecided':
      return capital(joined(reasons.map((finding) => wordsOf(finding, PLAIN))))
  }
}

const OPEN = {
  merge: 'Ready to merge',
  policy: 'Ready to merge',
  push: 'What landed is in order',
  release: 'Ready to release',
} as const

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

/** As many as fit, then how many more there are. */
const joined = (parts: readonly string[]): string => {
  const each = [...new Set(parts)]
  const whole = listOf(each)
  if (whole.length <= LONGEST - 20 || each.length === 1) return whole
  const kept: string[] = []
  for (const part of each) {
    if ([...kept, part].join(', ').length > LONGEST - 40) break
    kept.push(part)
  }
  const shown = kept.length > 0 ? kept : each.slice(0, 1).map((part) => cut(part, LONGEST - 40))
  return `${shown.join(', ')} and ${each.length - shown.length} more`
}

/** The findings with words of their own that made the decision; each child stands for the combination it is in. */
export const reasonsOf = (findings: readonly Finding[], outcome: Outcome): readonly Finding[] =>
  findings.flatMap((finding): readonly Finding[] => {
    if (finding.lifted === true || finding.outcome !== outcome) return []
    const inside = finding.rule === 'not' ? [] : reasonsOf(finding.children ?? [], outcome)
    return inside.length > 0 ? inside : [finding]
  })

type Awaited = (read: Read, finding: Finding) => string

/** The approvals of a `distinct` gate for which nobody stands. */
const unfilled = (read: Read): string => {
  const open = read.maps('stands').filter((each) => readValues(each).text('by') === '')
  return `somebody else for ${listOf(open.map((each) => PLAIN.value(readValues(each).text('for')))) || 'an approval'}`
}

const approvals: Awaited = (read, { name, rule }) => {
  if (rule === 'gate') return unfilled(read)
  const open = Math.max(1, (read.number('count') ?? 1) - read.texts('approved').length)
  return `${counted(open, 'approval')} from ${PLAIN.value(name ?? read.text('from'))}`
}

const checks: Awaited = (read) =>
  `checks: ${listOf(read.maps('open').map((each) => PLAIN.value(readValues(each).text('name')))) || 'success'}`

const atTime = (read: Read, key: string, word: string): string => {
  const instant = read.number(key)
  return instant === null ? '' : ` ${word} ${momentOf(instant)}`
}

/** What is waited for, as a noun; codes that are not here are told by their sentence. */
const AWAITED: Partial<Readonly<Record<Code, Awaited>>> = {
  approval_missing: approvals,
  approval_stale: approvals,
  approver_involved: approvals,
  approver_not_eligible: approvals,
  objection: (read) => `${listOf(read.texts('objectors').map(PLAIN.name)) || 'an objector'} to withdraw the objection`,
  deployer_missing: (read) => `${PLAIN.name(read.text('in'))} to release it`,
  check_missing: checks,
  check_running: checks,
  check_failed: checks,
  check_untrusted: checks,
  window_closed: (read) => `the window to open${atTime(read, 'opensAt', 'at')}`,
  frozen: (read, { name }) =>
    `the freeze${name === undefined ? '' : ` ${PLAIN.value(name)}`} to end${atTime(read, 'until', 'at')}`,
  soaking: (read) => `${PLAIN.value(read.text('to'))} to soak${atTime(read, 'until', 'until')}`,
  delayed: (read) => `the delay to end${atTime(read, 'until', 'at')}`,
  not_deployed_before: (read) => `a release to ${PLAIN.value(read.text('to'))} first`,
  conversations_open: (read) => `${counted(read.number('unresolved') ?? 0, 'review thread')} to be resolved`,
  busy: () => 'another deployment to end',
  draft: () => 'the draft to be ready',
  override_unreviewed: () => 'the review of an earlier override or bypass',
  documents_missing: () => 'documents',
  issue_missing: () => 'a linked issue',
}

const awaited = (finding: Finding): string | null => {
  const words = finding.code === undefined ? undefined : AWAITED[finding.code]
  return words ? words(readValues(finding.values), finding) : null
}

/** What has no noun of its own is told first, as the sentence that it is. */
const waiting = (reasons: readonly Finding[]): string => {
  const nouns = reasons.map(awaited).filter((noun) => noun !== null)
  const sentences = reasons.filter((finding) => awaited(finding) === null).map((finding) => wordsOf(finding, PLAIN))
  if (sentences.length === 0) return `Waiting for ${joined(nouns)}`
  return capital(joined([...sentences, ...(nouns.length === 0 ? [] : [`waits for ${listOf(nouns)}`])]))
}
