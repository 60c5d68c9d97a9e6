import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { formatProblem } from '../policy/reading/problems.js'
import { parseScenarios, type Scenario } from '../policy/scenario/file.js'
import { runScenario, type ScenarioResult } from '../policy/scenario/scenario.js'
import { coverageOf, coverageText } from './coverage.js'
import { namedFiles } from './find-files.js'
import { CANNOT_RUN, FINDINGS, FINE, type Io } from './io.js'
import { MissingPolicy, PolicyFiles } from './policy-files.js'
import { summaryText, resultText } from './test-report.js'

const ENDING = '.gates-test.yml'

interface TestOptions {
  readonly json?: boolean
  readonly coverage?: boolean
}

/** One scenario's outcome, and the file it stands in. */
export interface Outcome {
  readonly file: string
  readonly result: ScenarioResult
}

export const register = (program: Command, io: Io): void => {
  program
    .command('test')
    .description('run scenario files against their policies')
    .argument(
      '[file...]',
      `scenario files or folders; every **/*${ENDING} below the current folder where none is named`,
    )
    .option('--json', 'print [{ file, scenario, expected, actual, ok, verdict }]')
    .option('--coverage', 'list the rules of the policies that no scenario saw both allow and not allow')
    .action((files: readonly string[], options: TestOptions) => runTests(files, options, io))
}

/** Exit code 1 when a scenario differs, 2 when one could not be run; what could be run is told in either case. */
const runTests = (named: readonly string[], { json = false, coverage = false }: TestOptions, io: Io): void => {
  const files = namedFiles(named, ENDING, io.cwd)
  if (files.length === 0) {
    io.err(`release-gates: no *${ENDING} file was found\n`)
    if (json) io.out('[]\n')
    return io.exit(CANNOT_RUN)
  }
  const policies = new PolicyFiles(io.cwd)
  const outcomes = files.flatMap((file) => outcomesOf(file, policies, io))
  const uncovered = coverage ? coverageOf(outcomes, policies.documents()) : null
  if (json) io.out(`${JSON.stringify(jsonOf(outcomes, uncovered))}\n`)
  else {
    for (const outcome of outcomes) if (!outcome.result.ok) io.out(resultText(outcome, io.colour))
    io.out(summaryText(outcomes, files.length))
    if (uncovered) io.out(coverageText(uncovered))
  }
  io.exit(outcomes.every(({ result }) => result.ok) ? FINE : FINDINGS)
}

const outcomesOf = (file: string, policies: PolicyFiles, io: Io): readonly Outcome[] => {
  const text = textOf(file, io)
  if (text === null) return []
  const { scenarios, problems } = parseScenarios(text, file)
  for (const problem of problems) cannotRun(formatProblem(problem), io)
  return scenarios.flatMap((scenario) => outcomeOf(scenario, file, policies, io) ?? [])
}

const outcomeOf = (scenario: Scenario, file: string, policies: PolicyFiles, io: Io): Outcome | null => {
  try {
    return { file, result: runScenario(scenario, policies.policiesOf(scenario, file)) }
  } catch (error) {
    if (!(error instanceof MissingPolicy)) throw error
    const { line, column } = error.reference.span
    cannotRun(`\`${file}:${line}:${column}\` The policy of “${scenario.name}” cannot be read: ${error.message}.`, io)
    return null
  }
}

const textOf = (file: string, io: Io): string | null => {
  try {
    return readFileSync(resolve(io.cwd, file), 'utf8')
  } catch (error) {
    cannotRun(`\`${file}\` cannot be read: ${error instanceof Error ? error.message : String(error)}.`, io)
    return null
  }
}

const cannotRun = (message: string, io: Io): void => {
  io.err(`${message}\n`)
  io.exit(CANNOT_RUN)
}

const jsonOf = (outcomes: readonly Outcome[], uncovered: ReturnType<typeof coverageOf> | null): unknown => {
  const results = outcomes.map(({ file, result: { scenario, expected, actual, ok, verdict, missing, until } }) => ({
    file,
    scenario: scenario.name,
    expected,
    actual,
    ok,
    ...(missing.length > 0 ? { missing } : {}),
    ...(until ? { until } : {}),
    verdict,
  }))
  return uncovered ? { results, coverage: uncovered } : results
}
