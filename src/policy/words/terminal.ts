import { momentOf, zoneOfLook } from './moments.js'
import { notesOn, stepsOf, type Target } from './next.js'
import { PLAIN } from './text.js'
import { titleOf } from './title.js'
import { asides, childrenOf, headOf } from './tree.js'
import type { Finding, Outcome, Verdict } from '../verdict.js'

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

interface Shown {
  readonly colour: boolean
  /** What commands name; without it none is written out. */
  readonly target?: Target
}

/** A verdict for a terminal: the title, the tree below it, what to do next, and when the gate looks again. */
export const terminalOf = (verdict: Verdict, { colour, target = {} }: Shown): string => {
  const { mark, colour: shade } = TERMINAL[verdict.decision]
  const { lookAgainAt } = verdict
  const lines = [
    `${paint(shade, mark, colour)} ${verdict.kind} ${PLAIN.value(verdict.gate)}: ${titleOf(verdict)}`,
    ...verdict.findings.flatMap((finding) => branch(finding, 1, colour)),
    ...[...stepsOf(verdict, target, PLAIN), ...notesOn(verdict)].map((step) => `  → ${step}`),
    ...(verdict.rollback === true ? ['  this is a rollback'] : []),
    ...(lookAgainAt === undefined ? [] : [`  looks again at ${momentOf(lookAgainAt, zoneOfLook(verdict))}`]),
  ]
  return `${lines.join('\n')}\n`
}

const branch = (finding: Finding, depth: number, colour: boolean, muted = false): readonly string[] => {
  const { mark, colour: shade } = TERMINAL[muted ? 'inactive' : finding.outcome]
  const code = muted || finding.code === undefined || finding.outcome === 'allow' ? '' : ` [${finding.code}]`
  return [
    `${'  '.repeat(depth)}${paint(shade, mark, colour)} ${headOf(finding, PLAIN)}${code}`,
    ...(muted ? [] : asides(finding, PLAIN)).map((line) => `${'  '.repeat(depth + 2)}${line}`),
    ...childrenOf(finding).flatMap((child) =>
      branch(child, depth + 1, colour, muted || finding.outcome === 'inactive'),
    ),
  ]
}
