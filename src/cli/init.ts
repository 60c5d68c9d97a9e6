import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { fileErrorCode, fileProblem } from '../file-problem.js'
import { CANNOT_RUN, FINE, type Io } from './io.js'
import { starterPolicy, starterScenarios, type StarterTerms } from './starter.js'

const POLICY = '.github/release-gates.yml'
const SCENARIOS = '.github/release-gates.gates-test.yml'
/** Team slugs as GitHub makes them; nothing that could be more than a name in YAML. */
const SLUG = /^[a-z0-9][a-z0-9_-]*$/i

export const register = (program: Command, io: Io): void => {
  program
    .command('init')
    .description(`write ${POLICY} and tests for it, to begin with`)
    .option('--reviewers <team>', 'slug of the team that reviews changes', 'development-leads')
    .option('--deployers <team>', 'slug of the team that releases to production', 'delivery-managers')
    .option('--json', 'print the paths of the files written')
    .action((options: StarterTerms & { readonly json?: boolean }) => init(options, io))
}

/** Writes both files, and never over one that exists: exit code 2 where one is in the way. */
const init = ({ json = false, ...terms }: StarterTerms & { readonly json?: boolean }, io: Io): void => {
  const odd = [terms.reviewers, terms.deployers].find((slug) => !SLUG.test(slug))
  if (odd !== undefined) return cannotRun(`“${odd}” is no team's slug`, io)
  const files = [
    [POLICY, starterPolicy(terms)],
    [SCENARIOS, starterScenarios(terms)],
  ] as const
  for (const [file, text] of files) {
    const problem = written(resolve(io.cwd, file), text)
    if (problem !== null) return cannotRun(`${file} was not written: ${problem}`, io)
  }
  if (json) io.out(`${JSON.stringify(files.map(([file]) => file))}\n`)
  else
    io.out(
      `Wrote ${POLICY} and ${SCENARIOS}.\nChange them to what you mean, then run \`release-gates lint\` and \`release-gates test\`.\n`,
    )
  io.exit(FINE)
}

/** Creates a file, never over one that exists; why not, or `null`. */
const written = (path: string, text: string): string | null => {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    return `its folder ${dirname(path)} cannot be made: ${fileProblem(error)}`
  }
  try {
    writeFileSync(path, text, { flag: 'wx' })
    return null
  } catch (error) {
    const isThere = fileErrorCode(error) === 'EEXIST'
    return `${fileProblem(error)}${isThere ? '; init writes over nothing: go on with that one, or take it away first' : ''}`
  }
}

const cannotRun = (message: string, io: Io): void => {
  io.err(`release-gates: ${message}\n`)
  io.exit(CANNOT_RUN)
}
