import type { z } from 'zod'
import { textOf } from './node-path.js'
import type { Node } from './yaml.js'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** How a message calls what stands at a path: the last key on it; `what` where there is none. */
export const nameOf = (path: Path, what: string): string => {
  const key = [...path].reverse().find((part) => typeof part === 'string')
  const item = typeof path.at(-1) === 'number'
  if (key === undefined) return item ? `An entry of ${what}` : what
  return item ? `An entry of \`${key}\`` : `\`${key}\``
}

/** What stands there, in words. */
export const found = (node: Node): string => {
  switch (node.kind) {
    case 'list':
      return node.items.length === 0 ? 'an empty list' : 'a list'
    case 'map':
      return node.pairs.length === 0 ? 'an empty map' : 'a map'
    case 'scalar':
      return scalarFound(node.value, textOf(node))
  }
}

const scalarFound = (value: unknown, text: string): string => {
  if (text === '') return 'empty'
  return typeof value === 'string' ? `\`${text}\`` : text
}

/** The values from which an issue lets choose. */
export const choices = (issue: Issue): readonly string[] | undefined =>
  issue.code === 'invalid_value' ? issue.values.map(String) : hintsOf(issue).allowed

/** What a schema of this project knows besides its message. */
export interface Hints {
  readonly allowed?: readonly string[]
  /** What was probably meant. */
  readonly suggestion?: string
}

export const hintsOf = (issue: Issue): Hints => (issue.code === 'custom' ? ((issue.params ?? {}) as Hints) : {})

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}

/** What a schema of this project says in its own words starts with "must"; the library's own words are put in ours. */
export const demand = (issue: Issue, node: Node): string => {
  if (issue.code === 'invalid_type' && issue.expected === 'string' && node.kind !== 'scalar') return 'must be a text'
  if (issue.message.startsWith('must ')) return issue.message.replace(/\.$/, '')
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be ${String(issue.minimum)} or more`
    case 'too_big':
      return `must be at most ${String(issue.maximum)}${issue.origin === 'string' ? ' characters long' : ''}`
    case 'invalid_value':
      return issue.values.length === 1 ? `must be \`${String(issue.values[0])}\`` : 'must be one of those allowed'
    case 'invalid_union':
      return `must be ${unionOf(issue)}`
    case 'not_multiple_of':
    case 'invalid_format':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return `does not fit: ${issue.message}`
  }
}

const unionOf = (issue: Issue & { code: 'invalid_union' }): string => {
  const kinds = issue.errors.flat().map((each) => {
    if (each.code === 'invalid_type') return KINDS[each.expected] ?? each.expected
    return each.code === 'invalid_value' ? each.values.map((value) => `\`${String(value)}\``).join(', ') : ''
  })
  return [...new Set(kinds)].filter((kind) => kind !== '').join(' or ') || 'of another form'
}
