import { momentOf, zoneOfLook } from './moments.js'
import { notesOn, stepsOf } from './next.js'
import { codeSpan, counted, listOf, MARKDOWN } from './text.js'
import { headlineOf, reasonsOf, titleOf } from './title.js'
import { branchOf } from './tree.js'
import type { Instant, Person } from '../facts.js'
import type { Decision, Finding, Verdict } from '../verdict.js'

export { codeSpan, plainText } from './text.js'
export { paint, terminalOf } from './terminal.js'
export { titleOf } from './title.js'

/** GitHub takes 65,535 characters. */
const LONGEST_REPORT = 65_000
/** GitHub takes 1,024 characters with an answer or a report on a deployment. */
const LONGEST_MESSAGE = 1_024
/** Reasons in a heading that has no length of its own. */
const LONGEST_HEADING = 400

export interface About {
  readonly repository?: string
  readonly sha?: string
  readonly subject?: string
  /** When the decision began. */
  readonly since?: Instant
}

const DECIDED: Readonly<Record<Decision, string>> = {
  allow: 'open',
  wait: 'waiting',
  deny: 'closed',
  undecided: 'closed until it can be decided',
}

/**
 * A verdict as Markdown: what to do next, the whole tree of rules, what each found, who can act, and when the gate looks
 * again. Where it would be longer than GitHub takes, the findings that made the decision stand first, each whole.
 */
export const reportOf = (verdict: Verdict, about: About = {}): string => {
  const since = about.since === undefined ? '' : `, since ${momentOf(about.since)}`
  const head = [
    headingOf(verdict),
    '',
    `${subjectOf(verdict, about)} is ${DECIDED[verdict.decision]}${since}.`,
    ...steps(verdict, about),
    '',
  ].join('\n')
  const foot = footOf(verdict)
  return `${head}\n${findingsIn(verdict, LONGEST_REPORT - head.length - foot.length - 2)}${foot}\n`
}

/** A verdict as a short Markdown message: what it says, and what stands in the way with who can act. */
export const messageOf = (verdict: Verdict, about: About = {}): string => {
  const head = headingOf(verdict)
  const todo = steps(verdict, about).join('\n')
  const rest = `${todo === '' ? '' : `\n${todo}`}${footOf(verdict)}`
  const kept = head.length + rest.length + 2 <= LONGEST_MESSAGE ? rest : footOf(verdict)
  const reasons = verdict.decision === 'allow' ? [] : reasonsOf(verdict.findings, verdict.decision)
  const bare = { ...verdict, findings: reasons.map((finding) => ({ ...finding, children: [] })) }
  const found = findingsIn(bare, LONGEST_MESSAGE - head.length - kept.length - 2)
  const whole = `${head}${found === '' ? '' : `\n\n${found}`}${kept}`
  return whole.length <= LONGEST_MESSAGE ? whole : `${head}${footOf(verdict)}`
}

/** The title with its values as Markdown; one that nothing can shorten is shown as plain text. */
const headingOf = (verdict: Verdict): string => {
  const heading = headlineOf(verdict, MARKDOWN, LONGEST_HEADING)
  return `**${heading.length <= LONGEST_HEADING ? heading : codeSpan(titleOf(verdict))}**`
}

const subjectOf = ({ kind, gate }: Verdict, { repository, sha, subject }: About): string => {
  const of = [
    subject === undefined ? '' : ` for ${codeSpan(subject)}`,
    sha === undefined ? '' : ` at ${MARKDOWN.sha(sha)}`,
    repository === undefined ? '' : ` in ${codeSpan(repository)}`,
  ].join('')
  return `The ${kind} gate of ${codeSpan(gate)}${of}`
}

const steps = (verdict: Verdict, { sha }: About): readonly string[] => {
  const each = stepsOf(verdict, sha === undefined ? {} : { sha }, MARKDOWN)
  return each.length === 0 ? [] : ['', '**What to do:**', '', ...each.map((step) => `- ${step}`)]
}

const footOf = (verdict: Verdict): string => {
  const { lookAgainAt, rollback } = verdict
  const lines = [
    ...notesOn(verdict),
    ...(rollback === true ? ['This is a rollback.'] : []),
    ...(lookAgainAt === undefined ? [] : [`The gate looks again at ${momentOf(lookAgainAt, zoneOfLook(verdict))}.`]),
  ]
  return lines.length === 0 ? '' : `\n\n${lines.join(' ')}`
}

/** Room for the line that counts what is left out. */
const REST = 90

/** The findings in their order, or, where they have no room, those that decided first; what is left out is counted. */
const findingsIn = ({ findings, decision }: Verdict, room: number): string => {
  const texts = findings.map((finding) => ({ finding, text: linesOf(finding) }))
  const whole = texts.map(({ text }) => text).join('\n')
  if (whole.length <= room) return whole
  const decided = ({ outcome, lifted }: Finding) => lifted !== true && outcome === decision
  const ordered = [
    ...texts.filter(({ finding }) => decided(finding)),
    ...texts.filter(({ finding }) => !decided(finding)),
  ]
  const kept: string[] = []
  let left = room - REST
  for (const { finding, text } of ordered) {
    const shown = text.length < left ? text : (linesOf({ ...finding, children: [] }).split('\n')[0] ?? '')
    if (shown.length >= left) break
    kept.push(shown)
    left -= shown.length + 1
  }
  const missing = findings.length - kept.length
  const rest =
    missing === 0
      ? 'Some findings are shown without their details, for want of room.'
      : `${counted(missing, 'more finding')} not shown, for want of room.`
  return [...kept, ...(kept.length === 0 ? [] : ['']), rest].join('\n')
}

const linesOf = (finding: Finding): string =>
  branchOf(finding)
    .map(({ depth, text }) => `${'  '.repeat(depth)}- ${text}`)
    .join('\n')

/** People as a sentence names them: logins that call nobody. */
export const logins = (people: readonly Person[], and: 'and' | 'or' = 'and'): string =>
  listOf(
    people.map(({ login }) => MARKDOWN.name(login)),
    and,
  )
