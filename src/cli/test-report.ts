import { paint, plainText, terminalOf } from '../policy/words/explain.js'
import { isOutcome, type Obstacle, type Outcome } from './test-outcomes.js'

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

export const summaryText = (all: readonly (Outcome | Obstacle)[], files: number): string => {
  const outcomes = all.filter(isOutcome)
  const failed = outcomes.filter(({ result }) => !result.ok).length
  const ran = `${counted(outcomes.length, 'scenario')} in ${counted(files, 'file')}`
  const end = all.length === outcomes.length ? '' : ' Not everything could be run.'
  return failed === 0 ? `${ran}: as expected.${end}\n` : `${ran}: ${failed} not as expected.${end}\n`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** One object for each scenario, in the order of the files; what could not be run decided nothing, and says why. */
export const jsonOf = (all: readonly (Outcome | Obstacle)[]): readonly object[] =>
  all.map((each) => {
    if (!isOutcome(each)) {
      const { file, scenario, expected, problems } = each
      return { file, scenario, expected, actual: null, ok: false, verdict: null, problems }
    }
    const { scenario, expected, actual, ok, verdict, missing, until } = each.result
    const differences = { ...(missing.length > 0 ? { missing } : {}), ...(until ? { until } : {}) }
    return { file: each.file, scenario: scenario.name, expected, actual, ok, ...differences, verdict }
  })
