import type { Command } from 'commander'
import { coverageOf, coverageText } from './coverage.js'
import { namedFiles } from './find-files.js'
import { CANNOT_RUN, FINDINGS, FINE, type Io } from './io.js'
import { PolicyFiles } from './policy-files.js'
import { isOutcome, outcomesOf } from './test-outcomes.js'
import { jsonOf, summaryText, resultText } from './test-report.js'

const ENDING = '.gates-test.yml'

interface TestOptions {
  readonly json?: boolean
  readonly coverage?: boolean
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
  const all = files.flatMap((file) => outcomesOf(file, io.cwd, policies, (problem) => io.err(`${problem}\n`)))
  const outcomes = all.filter(isOutcome)
  const uncovered = coverage ? coverageOf(outcomes, policies.documents()) : null
  if (json) io.out(`${JSON.stringify(uncovered ? { results: jsonOf(all), coverage: uncovered } : jsonOf(all))}\n`)
  else {
    for (const outcome of outcomes) if (!outcome.result.ok) io.out(resultText(outcome, io.colour))
    io.out(summaryText(all, files.length))
    if (uncovered) io.out(coverageText(uncovered))
  }
  if (all.length > outcomes.length) io.exit(CANNOT_RUN)
  io.exit(outcomes.every(({ result }) => result.ok) ? FINE : FINDINGS)
}
