import { codeSpan, titleOf } from '../policy/words/explain.js'
import { formatProblem } from '../policy/reading/document.js'
import { parseScenarios, type Scenario } from '../policy/scenario/file.js'
import { runScenario, type ScenarioResult } from '../policy/scenario/scenario.js'
import type { Sha } from '../policy/facts.js'
import type { Annotation, Clock, Repository } from './ports.js'
import { MissingPolicy, policiesAt } from './scenario-policies.js'

/** What became of the scenarios of a commit. */
export interface ScenarioRuns {
  readonly files: number
  readonly ran: number
  /** Scenarios that are not as expected or could not be run, and files that could not be read: one line of Markdown each. */
  readonly failures: readonly ScenarioFailure[]
  /** What was not run, and why; empty: everything was. */
  readonly leftOut: readonly string[]
}

export interface ScenarioFailure {
  readonly words: string
  readonly annotation: Annotation
}

/** More than these of one commit are not run, nor any once they have taken so many milliseconds. */
const MOST = 1_000
const LONGEST = 20_000
/** Others have their turn after so many. */
const BREATH = 10

const breathe = () => new Promise<void>((done) => setImmediate(done))

interface Found {
  readonly file: string
  readonly scenario: Scenario
}

/**
 * Runs the scenario files of a commit against the policies of the same commit.
 * @throws {Unreadable} when one of them cannot be read.
 */
export const runScenariosAt = async (repository: Repository, commit: Sha, clock: Clock): Promise<ScenarioRuns> => {
  const tree = await repository.scenarioFilesAt(commit)
  const policiesOf = policiesAt(tree)
  const read = tree.files.map(({ path, text }) => ({ path, ...parseScenarios(text, path) }))
  const failures = read.flatMap(({ problems }) => problems.filter(({ severity }) => severity === 'error').map(unread))
  const all: readonly Found[] = read.flatMap(({ path, scenarios }) =>
    scenarios.map((scenario) => ({ file: path, scenario })),
  )
  const started = clock.now()
  let ran = 0
  for (const { file, scenario } of all) {
    if (ran >= MOST || clock.now() - started > LONGEST) break
    const failure = await outcomeOf(scenario, file, policiesOf)
    if (failure !== null) failures.push(failure)
    ran += 1
    if (ran % BREATH === 0) await breathe()
  }
  const rest = all.length - ran
  const late =
    rest === 0
      ? []
      : [`${rest} of ${all.length} scenarios: at most ${MOST}, or ${LONGEST / 1000} seconds of them, are run`]
  return { files: tree.files.length, ran, failures, leftOut: [...tree.leftOut, ...late] }
}

const outcomeOf = async (
  scenario: Scenario,
  file: string,
  policiesOf: ReturnType<typeof policiesAt>,
): Promise<ScenarioFailure | null> => {
  try {
    const result = runScenario(scenario, await policiesOf(scenario, file))
    return result.ok ? null : failureOf(file, scenario.name, scenario.span.line, differencesOf(result))
  } catch (error) {
    if (!(error instanceof MissingPolicy)) throw error
    return failureOf(file, scenario.name, error.reference.span.line, `cannot be run: ${error.message}`)
  }
}

const failureOf = (file: string, name: string, line: number, what: string): ScenarioFailure => ({
  words: `${codeSpan(`${file}:${line}`)} ${codeSpan(name)}: ${codeSpan(what)}`,
  annotation: { path: file, line, endLine: line, level: 'failure', message: `${name}: ${what}` },
})

const unread = (problem: Parameters<typeof formatProblem>[0]): ScenarioFailure => ({
  words: codeSpan(formatProblem(problem)),
  annotation: {
    path: problem.file,
    line: problem.line,
    endLine: problem.endLine,
    level: 'failure',
    message: formatProblem(problem),
  },
})

const momentOf = (instant: number | null): string => (instant === null ? 'no time' : new Date(instant).toISOString())

/** What differs from what the scenario expects, and what the gate says. */
const differencesOf = ({ expected, actual, missing, until, verdict }: ScenarioResult): string =>
  [
    expected === actual ? null : `expected ${expected}, and it is ${actual}`,
    missing.length === 0 ? null : `not among the reasons: ${missing.join(', ')}`,
    until === null
      ? null
      : `expected to look again at ${momentOf(until.expected)}, and it is ${momentOf(until.actual)}`,
    `the gate says: ${titleOf(verdict)}`,
  ]
    .filter((line) => line !== null)
    .join('; ')
