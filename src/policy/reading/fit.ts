import type { z } from 'zod'
import { nodeAt, placeAt, textOf } from './node-path.js'
import type { Report } from './problems.js'
import { allowedKeys } from './schema-keys.js'
import { nearMiss } from './suggest.js'
import { toValue, type Node } from './yaml.js'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/**
 * Judges a node by a schema. What does not fit is reported at its own place, with the value found, the values allowed
 * and a near miss. A plain `123` or `true` that stands where a text is due is taken as the text it looks like.
 *
 * @param what how the node is called in messages: a key (`approval`), in back-quotes where it is one.
 * @returns the schema's output, or `undefined` where the report got an error.
 */
export const fit = <Output>(
  schema: z.ZodType<Output>,
  node: Node,
  what: string,
  report: Report,
): Output | undefined => {
  const found = schema.safeParse(toValue(node))
  if (found.success) return found.data
  const second = schema.safeParse(asTexts(toValue(node), node, textsDue(found.error.issues, [])))
  if (second.success) return second.data
  const seen = new Set<string>()
  for (const issue of second.error.issues.flatMap((each) => leaves(each, [], node))) {
    const key = JSON.stringify([issue.code, issue.path, issue.message])
    if (!seen.has(key)) describe(issue, schema, node, what, report)
    seen.add(key)
  }
  return undefined
}

/** Paths at which some branch of the schema wants a text. */
const textsDue = (issues: readonly Issue[], base: Path): readonly Path[] =>
  issues.flatMap((issue) => {
    const path = [...base, ...issue.path]
    if (issue.code === 'invalid_union') return issue.errors.flatMap((branch) => textsDue(branch, path))
    return issue.code === 'invalid_type' && issue.expected === 'string' ? [path] : []
  })

/** The value with the texts of plain scalars in place of what YAML made of them; only deeper than the node itself. */
const asTexts = (value: unknown, node: Node, paths: readonly Path[]): unknown =>
  paths.reduce((changed, path) => {
    const at = nodeAt(node, path)
    const scalar = at?.kind === 'scalar' && at.value !== null && typeof at.value !== 'string'
    return scalar && (path.length > 0 || typeof at.value === 'number') ? replaced(changed, path, at.text) : changed
  }, value)

const replaced = (value: unknown, path: Path, text: string): unknown => {
  const [first, ...rest] = path
  if (first === undefined) return text
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === first ? replaced(item, rest, text) : item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === first ? replaced(item, rest, text) : item]),
  )
}

/** The issues to tell: of a union, those of the branch that the author seems to have meant. */
const leaves = (issue: Issue, base: Path, node: Node): readonly Issue[] => {
  const path = [...base, ...issue.path]
  if (issue.code !== 'invalid_union') return [{ ...issue, path }]
  const branches = issue.errors.filter((branch) => !branch.every(mismatch))
  const [best] = [...branches].sort((a, b) => rank(a) - rank(b))
  if (best === undefined) return [{ ...issue, path }]
  return best.flatMap((each) => leaves(each, path, node))
}

/** The value is of another kind than this branch is about. */
const mismatch = (issue: Issue): boolean => {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_union') return issue.errors.every((branch) => branch.every(mismatch))
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

/** Unknown keys and wrong kinds say that another branch was meant. */
const rank = (branch: readonly Issue[]): number =>
  branch.reduce(
    (sum, { code, path }) =>
      sum + (code === 'unrecognized_keys' || (code === 'invalid_type' && path.length <= 1) ? 10 : 1),
    0,
  )

const describe = (issue: Issue, schema: z.ZodType, node: Node, what: string, report: Report): void => {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, schema, node, report)
  const at = nodeAt(node, issue.path)
  const name = nameOf(issue.path, what)
  const span = placeAt(node, issue.path)
  if (at === undefined) return report.error(span, `${name} is missing.`, { allowed: choices(issue) })
  const value = textOf(at)
  const allowed = choices(issue)
  const suggestion = allowed === undefined ? undefined : nearMiss(value, allowed)
  report.error(span, `${name} is ${found(at)}; it ${demand(issue, at)}.`, { value, allowed, suggestion })
}

const unknownKeys = (
  issue: Issue & { code: 'unrecognized_keys' },
  schema: z.ZodType,
  node: Node,
  report: Report,
): void => {
  const allowed = allowedKeys(schema, issue.path)
  const at = nodeAt(node, issue.path)
  for (const key of issue.keys) {
    const pair = at?.kind === 'map' ? at.pairs.find((each) => each.key === key) : undefined
    const detail = { value: key, allowed, suggestion: nearMiss(key, allowed) }
    report.error(pair?.keySpan ?? placeAt(node, issue.path), `\`${key}\` is not known here.`, detail)
  }
}

const nameOf = (path: Path, what: string): string => {
  const key = [...path].reverse().find((part) => typeof part === 'string')
  const item = typeof path.at(-1) === 'number'
  if (key === undefined) return item ? `An entry of ${what}` : what
  return item ? `An entry of \`${key}\`` : `\`${key}\``
}

const found = (node: Node): string => {
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

const choices = (issue: Issue): readonly string[] | undefined =>
  issue.code === 'invalid_value' ? issue.values.map(String) : undefined

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
const demand = (issue: Issue, node: Node): string => {
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
