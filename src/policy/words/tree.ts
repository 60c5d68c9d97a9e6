import { peopleOf } from './people.js'
import { MARKDOWN, type Style } from './text.js'
import { readValues } from './values.js'
import { wordsOf } from './words.js'
import type { Finding, Outcome } from '../verdict.js'

/** One line of a report, and how far it stands in. */
export interface Line {
  readonly depth: number
  readonly text: string
}

export const MARKS: Readonly<Record<Outcome, string>> = {
  allow: '✅',
  wait: '⏳',
  deny: '⛔',
  undecided: '❔',
  inactive: '➖',
}
const LIFTED = '🔓'

export const markOf = ({ rule, outcome, code, lifted }: Finding): string => {
  const lifts = rule === 'override' && outcome === 'inactive' && code === undefined
  return lifted === true || lifts ? LIFTED : MARKS[outcome]
}

/** A finding as lines of Markdown: what was found, by which rule, who can act, and what is inside. */
export const branchOf = (finding: Finding, depth = 0, muted = false): readonly Line[] => [
  { depth, text: `${muted ? MARKS.inactive : markOf(finding)} ${headOf(finding, MARKDOWN)}` },
  ...(muted ? [] : asides(finding, MARKDOWN)).map((text) => ({ depth: depth + 1, text })),
  ...childrenOf(finding).flatMap((child) => branchOf(child, depth + 1, muted || finding.outcome === 'inactive')),
]

/** What is told below a finding's own line. */
export const asides = (finding: Finding, style: Style): readonly string[] => [
  ...moreProblems(finding, style),
  ...(isSilent(finding) ? [] : peopleOf(finding, style)),
  ...(finding.also?.includes('unsatisfiable') === true ? ['Fewer people may approve than are asked for.'] : []),
]

/** Nobody has to do anything about it; an override that lifts nothing is inactive, and says why. */
const isSilent = ({ rule, outcome }: Finding): boolean =>
  outcome === 'allow' || (outcome === 'inactive' && rule !== 'override')

/** The mistakes in a file after the first, which the finding's own line tells. */
const moreProblems = ({ values }: Finding, { line }: Style): readonly string[] =>
  readValues(values).texts('problems').slice(1).map(line)

/** What `not` turns around is told by the words of the whole: its own mark would mislead. */
export const childrenOf = ({ rule, outcome, children = [] }: Finding): readonly Finding[] =>
  rule === 'not' && outcome !== 'undecided' ? [] : children

/** `**approval** (“Leads”): 0 of 1 approval from leads (organisation environment, `release-gates.yml:14:7`)` */
export const headOf = (finding: Finding, style: Style): string => {
  const { rule, name, lifted } = finding
  const called = rule === 'gate' && name === 'distinct' ? 'distinct' : rule
  const named = name === undefined || called === 'distinct' || rule === 'freeze' ? '' : ` (${style.quote(name)})`
  const asked = originOf(finding, style)
  return [
    `${style === MARKDOWN ? `**${called}**` : called}${named}: ${wordsOf(finding, style)}`,
    lifted === true ? ', lifted by an override' : '',
    asked === '' ? '' : ` (${asked})`,
  ].join('')
}

/** Which layer and which line of which file asks it; what nobody wrote is asked by default. */
const originOf = ({ layer, place }: Finding, { value }: Style): string => {
  if (place?.file === 'built-in' && layer === 'built-in') return 'asked by default'
  return [layer ?? '', place === undefined ? '' : value(`${place.file}:${place.line}:${place.column}`)]
    .filter((part) => part !== '')
    .join(', ')
}
