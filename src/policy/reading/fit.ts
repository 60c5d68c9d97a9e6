import type { z } from 'zod'
import { tell } from './fit-told.js'
import { nodeAt } from './node-path.js'
import type { Report } from './problems.js'
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
  tell(
    second.error.issues.flatMap((each) => leaves(each, [], node)),
    { schema, node, what, report },
  )
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
  if (best === undefined) return [{ ...(misspeltIn(issue.errors, nodeAt(node, path)) ?? issue), path }]
  return best.flatMap((each) => leaves(each, path, node))
}

/** One of several words is due, and another stands there. */
const misspeltIn = (branches: readonly (readonly Issue[])[], at: Node | undefined): Issue | undefined =>
  at?.kind === 'scalar' && typeof at.value === 'string'
    ? branches.flat().find((each) => each.code === 'invalid_value' && each.values.length > 1 && each.path.length === 0)
    : undefined

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
