import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parsePolicy, type PolicyOrigin } from '../policy/reading/document.js'
import type { PolicyProblem } from '../policy/reading/problems.js'
import { parseScenarios, type PolicyReference, type Scenario } from '../policy/scenario/file.js'

/**
 * What is wrong with a scenario file: its own mistakes, policies that it names and that are not there, and those of
 * policies written in it. A policy whose scenarios all expect `undecided` may be broken on purpose; it is not told.
 */
export const scenarioProblems = (text: string, file: string, cwd: string): readonly PolicyProblem[] => {
  const { scenarios, problems } = parseScenarios(text, file)
  const meant = scenarios.filter(({ raw }) => raw.expect !== 'undecided')
  const named = (each: Scenario): readonly Named[] => [
    ...(each.policy === null ? [] : [{ reference: each.policy, origin: 'repository' as const }]),
    ...(each.organisation === null ? [] : [{ reference: each.organisation, origin: 'organisation' as const }]),
  ]
  const once = new Map(meant.flatMap(named).map((each) => [JSON.stringify(each), each]))
  return [...problems, ...[...once.values()].flatMap((each) => referenceProblems(each, file, cwd))]
}

interface Named {
  readonly reference: PolicyReference
  readonly origin: PolicyOrigin
}

const referenceProblems = ({ reference, origin }: Named, file: string, cwd: string): readonly PolicyProblem[] => {
  if (reference.kind === 'inline') {
    const parsed = parsePolicy(reference.text, file, origin)
    return parsed.ok ? [] : parsed.problems
  }
  if (existsSync(resolve(cwd, dirname(file), reference.path))) return []
  const message = `There is no file \`${reference.path}\` beside this one.`
  return [{ file, ...reference.span, message, value: reference.path, severity: 'error' }]
}
