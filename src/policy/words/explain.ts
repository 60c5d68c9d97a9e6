import { peopleOf } from './people.js'
import { codeSpan, listOf, MARKDOWN, momentOf, PLAIN, plainText, type Style } from './text.js'
import { reasonsOf, titleOf } from './title.js'
import { wordsOf } from './words.js'
import type { Instant, Person } from '../facts.js'
import type { Decision, Finding, Outcome, Verdict } from '../verdict.js'

export { codeSpan, plainText } from './text.js'
export { titleOf } from './title.js'

/** GitHub takes 65,535 characters. */
const LONGEST_REPORT = 65_000

export interface About {
  readonly repository?: string
  readonly sha?: string
  readonly subject?: string
  /** When the decision began. */
  readonly since?: Instant
}

const MARKS: Readonly<Record<Outcome, string>> = {
  allow: '✅',
  wait: '⏳',
  deny: '⛔',
  undecided: '❔',
  inactive: '➖',
}
const LIFTED = '🔓'

const DECIDED: Readonly<Record<Decision, string>> = {
  allow: 'open',
  wait: 'waiting',
  deny: 'closed',
  undecided: 'closed until it can be decided',
}

/** A verdict as Markdown: the whole tree of rules, what each found, who can act, and when the gate looks again. */
export const reportOf = (verdict: Verdict, about: About = {}): string => {
  const head = [
    `**${markdownLine(titleOf(verdict))}**`,
    '',
    `${subjectOf(verdict, about)} is ${DECIDED[verdict.decision]}${about.since === undefined ? '' : `, since ${momentOf(about.since)}`}.`,
    '',
  ]
  const tree = verdict.findings.flatMap((finding) => branch(finding, 0, MARKDOWN))
  const whole = [...head, ...tree.map(({ depth, line }) => `${'  '.repeat(depth)}- ${line}`), ...footOf(verdict)].join(
    '\n',
  )
  return capped(`${whole}\n`, LONGEST_REPORT)
}

/** A title between asterisks: its own marks must not end them. */
const markdownLine = (text: string): string =>
  plainText(text)
    .replace(/[\\`*_{}[\]()<>#|~!&]/g, '\\$&')
    .replace(/@(?=\w)/g, '@ ')

const subjectOf = ({ kind, gate }: Verdict, { repository, sha, subject }: About): string => {
  const of = [
    subject === undefined ? '' : ` for ${codeSpan(subject)}`,
    sha === undefined ? '' : ` at ${MARKDOWN.sha(sha)}`,
    repository === undefined ? '' : ` in ${codeSpan(repository)}`,
  ].join('')
  return `The ${kind} gate of ${codeSpan(gate)}${of}`
}

const footOf = ({ lookAgainAt, rollback }: Verdict): readonly string[] => {
  const lines = [
    ...(rollback === true ? ['This is a rollback.'] : []),
    ...(lookAgainAt === undefined ? [] : [`The gate looks again at ${momentOf(lookAgainAt)}.`]),
  ]
  return lines.length === 0 ? [] : ['', lines.join(' ')]
}

/** GitHub takes 1,024 characters with an answer or a report on a deployment. */
const LONGEST_MESSAGE = 1_024

/** A verdict as a short Markdown message: the title, and what stands in the way with who can act. */
export const messageOf = (verdict: Verdict): string => {
  const reasons = verdict.decision === 'allow' ? [] : reasonsOf(verdict.findings, verdict.decision)
  const lines = reasons.flatMap((finding) => branch({ ...finding, children: [] }, 0, MARKDOWN))
  const tree = lines.map(({ depth, line }) => `${'  '.repeat(depth)}- ${line}`)
  return capped(
    [`**${markdownLine(titleOf(verdict))}**`, ...(tree.length > 0 ? ['', ...tree] : []), ...footOf(verdict)].join('\n'),
    LONGEST_MESSAGE,
  )
}

/** People as a sentence names them: logins that call nobody. */
export const logins = (people: readonly Person[], and: 'and' | 'or' = 'and'): string =>
  listOf(
    people.map(({ login }) => MARKDOWN.name(login)),
    and,
  )

/** Cut at a line, with a word about it. */
const capped = (report: string, longest: number): string => {
  if (report.length <= longest) return report
  const rest = '\n\nThe rest is too long to be shown here.\n'
  const kept = report.slice(0, longest - rest.length)
  return `${kept.slice(0, Math.max(kept.lastIndexOf('\n'), 0))}${rest}`
}

interface Line {
  readonly depth: number
  readonly line: string
}

const branch = (finding: Finding, depth: number, style: Style): readonly Line[] => {
  const mark = finding.lifted === true ? LIFTED : MARKS[finding.outcome]
  const people = finding.outcome === 'allow' || finding.outcome === 'inactive' ? [] : peopleOf(finding, style)
  return [
    { depth, line: `${mark} ${headOf(finding, style)}` },
    ...people.map((line) => ({ depth: depth + 1, line })),
    ...(finding.children ?? []).flatMap((child) => branch(child, depth + 1, style)),
  ]
}

/** `approval (Leads): 0 of 1 approvals from leads. organisation environment, `release-gates.yml:14:7`` */
const headOf = (finding: Finding, style: Style): string => {
  const { rule, name, layer, place, lifted, also = [] } = finding
  const parts = [
    `${style === MARKDOWN ? `**${rule}**` : rule}${name === undefined ? '' : ` (${style.value(name)})`}: ${wordsOf(finding, style)}.`,
    also.includes('unsatisfiable') ? 'Fewer people may approve than are asked for.' : '',
    lifted === true ? 'Lifted by an override.' : '',
    [layer ?? '', place === undefined ? '' : style.value(`${place.file}:${place.line}:${place.column}`)]
      .filter((part) => part !== '')
      .join(', '),
  ]
  return parts.filter((part) => part !== '').join(' ')
}

const COLOURS = { red: 31, green: 32, yellow: 33, grey: 90 } as const

/** A text in a colour of the terminal, where colours are wanted. */
export const paint = (colour: keyof typeof COLOURS, text: string, wanted: boolean): string =>
  wanted ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text

const TERMINAL: Readonly<Record<Outcome, { readonly mark: string; readonly colour: keyof typeof COLOURS }>> = {
  allow: { mark: '✓', colour: 'green' },
  wait: { mark: '…', colour: 'yellow' },
  deny: { mark: '✗', colour: 'red' },
  undecided: { mark: '?', colour: 'red' },
  inactive: { mark: '-', colour: 'grey' },
}

/** A verdict for a terminal: the title, and the tree below it. */
export const terminalOf = (verdict: Verdict, { colour }: { readonly colour: boolean }): string => {
  const tree = verdict.findings.flatMap((finding) => terminalBranch(finding, 1, colour))
  const foot = verdict.lookAgainAt === undefined ? [] : [`  looks again at ${momentOf(verdict.lookAgainAt)}`]
  const { mark } = TERMINAL[verdict.decision]
  return `${[`${paint(TERMINAL[verdict.decision].colour, mark, colour)} ${verdict.kind} ${PLAIN.value(verdict.gate)}: ${titleOf(verdict)}`, ...tree, ...foot].join('\n')}\n`
}

const terminalBranch = (finding: Finding, depth: number, colour: boolean): readonly string[] => {
  const { mark, colour: shade } = TERMINAL[finding.outcome]
  const code = finding.code === undefined || finding.outcome === 'allow' ? '' : ` [${finding.code}]`
  const people = finding.outcome === 'allow' || finding.outcome === 'inactive' ? [] : peopleOf(finding, PLAIN)
  return [
    `${'  '.repeat(depth)}${paint(shade, mark, colour)} ${headOf(finding, PLAIN)}${code}`,
    ...people.map((line) => `${'  '.repeat(depth + 2)}${line}`),
    ...(finding.children ?? []).flatMap((child) => terminalBranch(child, depth + 1, colour)),
  ]
}
