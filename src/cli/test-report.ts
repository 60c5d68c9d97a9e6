import { paint, plainText, terminalOf } from '../policy/words/explain.js'
import type { Outcome } from './test.js'

/** Why one scenario is not as expected: what differs, and the whole verdict. */
export const resultText = ({ file, result }: Outcome, colour: boolean): string => {
  const { scenario, expected, actual, missing, until, verdict } = result
  const differences = [
    expected === actual ? null : `expected ${expected}, and it is ${actual}`,
    missing.length === 0 ? null : `not among the reasons: ${missing.join(', ')}`,
    until ? `expected to look again at ${momentOf(until.expected)}, and it is ${momentOf(until.actual)}` : null,
  ].filter((line) => line !== null)
  const place = `${file}:${scenario.span.line}`
  return [
    `${paint('red', '✗', colour)} ${plainText(scenario.name)} (${place})`,
    ...differences.map((line) => `    ${line}`),
    ...terminalOf(verdict, { colour })
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
    '',
  ].join('\n')
}

const momentOf = (instant: number | null): string => (instant === null ? 'no time' : new Date(instant).toISOString())

export const summaryText = (outcomes: readonly Outcome[], files: number): string => {
  const failed = outcomes.filter(({ result }) => !result.ok).length
  const all = `${counted(outcomes.length, 'scenario')} in ${counted(files, 'file')}`
  return failed === 0 ? `${all}: as expected.\n` : `${all}: ${failed} not as expected.\n`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
