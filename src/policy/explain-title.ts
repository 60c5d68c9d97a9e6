import { counted, cut, listOf, momentOf, PLAIN } from './explain-text.js'
import { readValues } from './explain-values.js'
import { wordsOf } from './explain-words.js'
import type { Finding, Outcome, Verdict } from './verdict.js'

const LONGEST = 140

/** A verdict in at most 140 characters: what it waits for, or what is in the way. */
export const titleOf = (verdict: Verdict): string => cut(sentence(verdict), LONGEST)

const sentence = (verdict: Verdict): string => {
  const reasons = reasonsOf(verdict.findings, verdict.decision)
  switch (verdict.decision) {
    case 'allow':
      return `Ready to ${DEED[verdict.kind]}: ${verdict.overridden === true ? 'an override lifted what was missing' : 'every rule is met'}`
    case 'wait':
      return `Waiting for ${joined(reasons.map(awaited))}`
    case 'deny':
      return capital(joined(reasons.map((finding) => wordsOf(finding, PLAIN))))
    case 'undecided':
      return capital(joined(reasons.map((finding) => wordsOf(finding, PLAIN))))
  }
}

const DEED = { merge: 'merge', policy: 'merge', push: 'release', release: 'release' } as const

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

/** What one waiting finding waits for, as a noun. */
const awaited = (finding: Finding): string => {
  const read = readValues(finding.values)
  const of = (key: string) => PLAIN.name(read.text(key))
  switch (finding.code) {
    case 'approval_missing':
    case 'approval_stale':
    case 'approver_involved':
    case 'approver_not_eligible': {
      const open = Math.max(1, (read.number('count') ?? 1) - read.texts('approved').length)
      return `${counted(open, 'approval')} from ${finding.name === undefined ? of('from') : PLAIN.value(finding.name)}`
    }
    case 'objection':
      return `${listOf(read.texts('objectors').map(PLAIN.name)) || 'an objection'} to withdraw the objection`
    case 'deployer_missing':
      return `${of('in')} to release it`
    case 'check_missing':
    case 'check_running':
    case 'check_failed':
    case 'check_untrusted':
      return `checks: ${listOf(read.maps('open').map((each) => PLAIN.value(readValues(each).text('name')))) || 'success'}`
    case 'window_closed':
      return read.number('opensAt') === null
        ? 'a window to open'
        : `the window to open at ${momentOf(read.number('opensAt') ?? 0)}`
    case 'frozen':
      return `the freeze ${PLAIN.value(read.text('name'))} to end${read.number('until') === null ? '' : ` at ${momentOf(read.number('until') ?? 0)}`}`
    case 'soaking':
    case 'delayed':
      return `${finding.code === 'soaking' ? `${PLAIN.value(read.text('to'))} to soak` : 'the delay to end'}${read.number('until') === null ? '' : ` until ${momentOf(read.number('until') ?? 0)}`}`
    case 'not_deployed_before':
      return `a release to ${PLAIN.value(read.text('to'))} first`
    case 'conversations_open':
      return `${counted(read.number('unresolved') ?? 0, 'review thread')} to be resolved`
    case 'busy':
      return 'another deployment to end'
    case 'draft':
      return 'the draft to be ready'
    case 'override_unreviewed':
      return 'the review of an earlier override or bypass'
    case 'documents_missing':
      return 'documents'
    case 'issue_missing':
      return 'a linked issue'
    default:
      return `this to change: ${wordsOf(finding, PLAIN)}`
  }
}
