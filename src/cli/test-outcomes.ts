import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileProblem } from '../file-problem.js'
import { formatProblem } from '../policy/reading/problems.js'
import { parseScenarios, type Scenario, type Unread } from '../policy/scenario/file.js'
import { runScenario, type ScenarioResult } from '../policy/scenario/scenario.js'
import { MissingPolicy, type PolicyFiles } from './policy-files.js'

/** One scenario's outcome, and the file it stands in. */
export interface Outcome {
  readonly file: string
  readonly result: ScenarioResult
}

/** A scenario that could not be run, or a file of which none could, and why. */
export interface Obstacle {
  readonly file: string
  /** `null`: the file, or a scenario that has no name. */
  readonly scenario: string | null
  readonly expected: string | null
  readonly problems: readonly string[]
}

export const isOutcome = (each: Outcome | Obstacle): each is Outcome => 'result' in each

/** What became of every scenario of a file, in its order; problems that stand beside them are told by the way. */
export const outcomesOf = (
  file: string,
  cwd: string,
  policies: PolicyFiles,
  tell: (problem: string) => void,
): readonly (Outcome | Obstacle)[] => {
  const ofFile = (...problems: readonly string[]): Obstacle => ({ file, scenario: null, expected: null, problems })
  const text = textOf(resolve(cwd, file))
  if (text instanceof Error) {
    const problem = `\`${file}\` cannot be read: ${text.message}.`
    tell(problem)
    return [ofFile(problem)]
  }
  const { entries, problems } = parseScenarios(text, file)
  const told = problems.map(formatProblem)
  told.forEach(tell)
  if (entries.length === 0) return [ofFile(...told)]
  return entries.map((entry) => {
    const became = entry.kind === 'unread' ? obstacleOf(entry, file, told) : outcomeOf(entry, file, policies)
    if (entry.kind !== 'unread' && !isOutcome(became)) became.problems.forEach(tell)
    return became
  })
}

/** Where a mistake is in the defaults, it was told before. */
const obstacleOf = ({ name, expect, problems }: Unread, file: string, all: readonly string[]): Obstacle => {
  const own = problems.map(formatProblem)
  return { file, scenario: name, expected: expect, problems: own.length > 0 ? own : all }
}

const outcomeOf = (scenario: Scenario, file: string, policies: PolicyFiles): Outcome | Obstacle => {
  try {
    return { file, result: runScenario(scenario, policies.policiesOf(scenario, file)) }
  } catch (error) {
    const { name, span, raw } = scenario
    const { line, column } = error instanceof MissingPolicy ? error.reference.span : span
    const what =
      error instanceof MissingPolicy ? 'The policy of “' + name + '” cannot be read' : `“${name}” cannot be judged`
    const problem = `\`${file}:${line}:${column}\` ${what}: ${error instanceof Error ? error.message : String(error)}.`
    return { file, scenario: name, expected: raw.expect, problems: [problem] }
  }
}

const textOf = (path: string): string | Error => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return new Error(fileProblem(error), { cause: error })
  }
}
