import { lstatSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { fileProblem } from '../file-problem.js'
import { UNASKED_PROTECTION, asksForProtection } from '../policy/reading/advice-sections.js'
import { conflictsIn } from '../policy/reading/between-files.js'
import { parsePolicy, type PolicyDocument, type PolicyOrigin } from '../policy/reading/document.js'
import { FILE_START, formatProblem, hasErrors, type PolicyProblem } from '../policy/reading/problems.js'
import { filesBelow, isFolder } from './find-files.js'
import { CANNOT_RUN, FINDINGS, FINE, type Io } from './io.js'
import { scenarioProblems } from './lint-scenarios.js'

const REPOSITORY_FILE = '.github/release-gates.yml'
const ORGANISATION_FILE = 'release-gates.yml'
/** Names that look like a policy's and are none; beside the right one nobody could tell which is meant. */
const MISNAMED = ['.github/release-gates.yaml', 'release-gates.yaml'] as const
const SCENARIOS = '.gates-test.yml'
/** The policy comes through standard input, not from a file. */
const STDIN = '-'
const ORIGINS = ['organisation', 'repository'] as const

interface LintOptions {
  readonly json?: boolean
  readonly as?: string
  readonly organisation?: string
  /** False: `--no-warnings`. */
  readonly warnings: boolean
}

/** A file as far as it was looked at. */
interface Linted {
  readonly file: string
  readonly problems: readonly PolicyProblem[]
  readonly policy: PolicyDocument | null
}

export const register = (program: Command, io: Io): void => {
  program
    .command('lint')
    .description('tell every mistake in policy and scenario files')
    .argument(
      '[file...]',
      `policies and *${SCENARIOS} files, folders of them, or ${STDIN} for standard input; what is below this folder where none is named`,
    )
    .option('--json', 'print the problems as a list')
    .option('--organisation <file>', "the organisation's policy that binds the repository's: tells what it forbids")
    .option('--as <origin>', `read policies as the ${ORIGINS.join("'s or the ")}'s, whatever their names`)
    .option('--no-warnings', 'tell errors only')
    .action((files: readonly string[], options: LintOptions) => lint(files, options, io))
}

/** Exit code 0 where nothing was found, 1 for errors and warnings, 2 where a file could not be read. */
const lint = (named: readonly string[], options: LintOptions, io: Io): void => {
  const given = options.as
  const as = ORIGINS.find((origin) => origin === given)
  if (given !== undefined && as === undefined) return cannotRun(`--as takes ${ORIGINS.join(' or ')}, not ${given}`, io)
  const files = [
    ...new Set(named.length > 0 ? named.flatMap((name) => filesOf(name, io.cwd)) : usualFiles('.', io.cwd)),
  ]
  if (files.length === 0) return cannotRun(nothingIn(named), io)
  const above = options.organisation === undefined ? null : lintFile(options.organisation, 'organisation', io)
  const linted = files.flatMap((file) => lintFile(file, as, io) ?? [])
  const all = [...(above && !files.includes(above.file) ? [above] : []), ...linted]
  const problems = [
    ...all.flatMap((each) => each.problems).filter(({ message }) => !settledAbove(message, above?.policy ?? null)),
    ...between(above?.policy ?? null, linted),
    ...misnamed(named, io.cwd),
  ]
  const told = options.warnings ? problems : problems.filter(({ severity }) => severity === 'error')
  if (options.json === true) io.out(`${JSON.stringify(told, null, 2)}\n`)
  else if (all.length > 0) io.out(reportText(told, all.length))
  io.exit(told.length > 0 ? FINDINGS : FINE)
}

const lintFile = (file: string, as: PolicyOrigin | undefined, io: Io): Linted | null => {
  const text = textOf(file, io)
  if (text === null) return null
  if (file.endsWith(SCENARIOS)) return { file, problems: scenarioProblems(text, file, io.cwd), policy: null }
  const linked = linkProblem(file, io.cwd)
  const parsed = parsePolicy(text, file, as ?? originOf(file, text))
  return parsed.ok
    ? { file, problems: [...linked, ...parsed.warnings], policy: parsed.policy }
    : { file, problems: [...linked, ...parsed.problems], policy: null }
}

/** A policy's place tells whose it is; of a file elsewhere, the keys that only an organisation's may have. */
const originOf = (file: string, text: string): PolicyOrigin => {
  if (basename(file) === ORGANISATION_FILE) return basename(dirname(file)) === '.github' ? 'repository' : 'organisation'
  return /^(repositories|locked|mode)\s*:/m.test(text) ? 'organisation' : 'repository'
}

/** A folder stands for the policies that lie where the app reads them, and for every scenario file below it. */
const filesOf = (name: string, cwd: string): readonly string[] =>
  name !== STDIN && isFolder(resolve(cwd, name)) ? usualFiles(name, cwd) : [name]

const usualFiles = (folder: string, cwd: string): readonly string[] => [
  ...[REPOSITORY_FILE, ORGANISATION_FILE]
    .map((file) => join(folder, file))
    .filter((file) => lstatSync(resolve(cwd, file), { throwIfNoEntry: false }) !== undefined),
  ...filesBelow(folder, SCENARIOS, cwd),
]

const nothingIn = (named: readonly string[]): string => {
  const where = named.length === 0 ? 'here' : `in ${named.join(' or ')}`
  return `there is neither ${REPOSITORY_FILE} nor ${ORGANISATION_FILE} nor any *${SCENARIOS} ${where}`
}

const misnamed = (named: readonly string[], cwd: string): readonly PolicyProblem[] =>
  MISNAMED.filter(
    (file) => named.length === 0 && lstatSync(resolve(cwd, file), { throwIfNoEntry: false }) !== undefined,
  ).map((file) =>
    errorIn(file, 'A policy file ends with `.yml`; this one counts as a second candidate and closes every gate.'),
  )

const linkProblem = (file: string, cwd: string): readonly PolicyProblem[] =>
  lstatSync(resolve(cwd, file), { throwIfNoEntry: false })?.isSymbolicLink() === true
    ? [errorIn(file, 'The file is a symbolic link; a policy must be a file of its own.')]
    : []

const errorIn = (file: string, message: string): PolicyProblem => ({ file, ...FILE_START, message, severity: 'error' })

/** Whether the organisation's policy makes a warning untrue that rests on the repository's file alone. */
const settledAbove = (message: string, organisation: PolicyDocument | null): boolean =>
  message === UNASKED_PROTECTION && organisation !== null && asksForProtection(organisation)

/** What the organisation's policy forbids about the others. */
const between = (organisation: PolicyDocument | null, linted: readonly Linted[]): readonly PolicyProblem[] =>
  linted.flatMap(({ policy }) => {
    if (organisation === null || policy?.origin !== 'repository') return []
    const at = { repository: 'owner/repository', defaultBranch: 'main' }
    return conflictsIn({ organisation, repository: policy, at }).map(({ message, place: { file, line, column } }) => ({
      file,
      line,
      column,
      endLine: line,
      endColumn: column,
      message,
      severity: 'error' as const,
    }))
  })

const textOf = (file: string, io: Io): string | null => {
  try {
    return readFileSync(file === STDIN ? 0 : resolve(io.cwd, file), 'utf8')
  } catch (error) {
    cannotRun(`${file} cannot be read: ${fileProblem(error)}`, io)
    return null
  }
}

const cannotRun = (message: string, io: Io): void => {
  io.err(`release-gates: ${message}\n`)
  io.exit(CANNOT_RUN)
}

const reportText = (problems: readonly PolicyProblem[], files: number): string => {
  const many = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
  if (problems.length === 0) return `No mistakes in ${many(files, 'file')}.\n`
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const closed = hasErrors(problems) ? ' The gates that a file with errors governs stay closed until it is mended.' : ''
  const lines = problems.map((problem) => `${problem.severity}: ${formatProblem(problem)}`)
  return `${lines.join('\n')}\n${many(errors, 'error')}, ${many(problems.length - errors, 'warning')}.${closed}\n`
}
