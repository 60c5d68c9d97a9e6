import { RE2JS } from 're2js'
import { globSource, isLiteral, PatternProblem } from './glob.js'

/** Longer ones are refused: a policy is read by people. */
const LONGEST = 500

const compiled = new Map<string, RE2JS>()

/** Compiles once per source text. RE2 runs in time linear in the value, whatever the pattern and the value are. */
const compile = (source: string): RE2JS => {
  const ready = compiled.get(source)
  if (ready !== undefined) return ready
  const fresh = RE2JS.compile(source, RE2JS.DOTALL)
  compiled.set(source, fresh)
  return fresh
}

const problemOf = (attempt: () => unknown): string | null => {
  try {
    attempt()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const tooLong = (text: string): string | null =>
  text.length > LONGEST ? `must be at most ${LONGEST} characters long` : null

const syntax = (problem: string | null): string | null =>
  problem === null
    ? null
    : `must be an RE2 pattern (${problem.replace('error parsing regexp: ', '').replace('`(?s)', '`')})`

/** Why this glob cannot be used, or `null`. */
export const globProblem = (glob: string): string | null => tooLong(glob) ?? problemOf(() => compile(globSource(glob)))

/** Why this RE2 pattern cannot be used, or `null`. */
export const patternProblem = (pattern: string): string | null =>
  pattern === '' ? 'must not be empty' : (tooLong(pattern) ?? syntax(problemOf(() => compile(pattern))))

const globs = new Map<string, RE2JS>()

/** `compile` of what a glob means, which is worth remembering too. */
const compileGlob = (glob: string): RE2JS => {
  const ready = globs.get(glob)
  if (ready !== undefined) return ready
  const fresh = compile(globSource(glob))
  globs.set(glob, fresh)
  return fresh
}

/** One of the globs fits the whole value. @throws {PatternProblem} for a glob that `globProblem` names. */
export const fitsGlob = (globs: readonly string[], value: string): boolean =>
  globs.some((glob) => (isLiteral(glob) ? glob === value : compileGlob(glob).matches(value)))

/** One of the RE2 patterns fits the whole value. */
export const fitsPattern = (patterns: readonly string[], value: string): boolean =>
  patterns.some((pattern) => compile(pattern).matches(value))

/** One of the RE2 patterns is found somewhere in the text. */
export const foundIn = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => compile(pattern).matcher(text).find())

export { PatternProblem }
