import type { z } from 'zod'
import { choices, demand, found, hintsOf, nameOf } from './fit-words.js'
import { nodeAt, placeAt, textOf } from './node-path.js'
import type { Report } from './problems.js'
import { allowedKeys } from './schema-keys.js'
import { nearMiss } from './suggest.js'
import type { Node } from './yaml.js'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]
type UnknownKeys = Issue & { readonly code: 'unrecognized_keys' }

/** What was judged, and by what. */
interface Judged {
  readonly schema: z.ZodType
  readonly node: Node
  readonly what: string
  readonly report: Report
}

/** Tells each mistake once. A misspelt key and the key that is missing for it are one mistake. */
export const tell = (issues: readonly Issue[], judged: Judged): void => {
  const once = [...new Map(issues.map((each) => [JSON.stringify([each.code, each.path, each.message]), each])).values()]
  const unknown = once.filter((issue): issue is UnknownKeys => issue.code === 'unrecognized_keys')
  const others = once.filter((issue) => issue.code !== 'unrecognized_keys')
  const follows = (issue: Issue): boolean => unknown.some(({ path }) => isFollowUp(issue, path, judged.node))
  for (const issue of unknown) {
    const lacks = others.filter((other) => isFollowUp(other, issue.path, judged.node))
    unknownKeys(issue, lacks, judged)
  }
  for (const issue of others) if (!follows(issue)) describe(issue, judged)
}

/** Whether an issue says that something is missing in the map at a path. */
const isFollowUp = (issue: Issue, path: Path, node: Node): boolean => {
  const at = (base: Path) => base.length === path.length && base.every((part, index) => part === path[index])
  if (issue.code === 'custom') return at(issue.path) && /^must (have|name)\b/.test(issue.message)
  return at(issue.path.slice(0, -1)) && nodeAt(node, issue.path) === undefined
}

const unknownKeys = (issue: UnknownKeys, lacks: readonly Issue[], { schema, node, report }: Judged): void => {
  const allowed = allowedKeys(schema, issue.path)
  const at = nodeAt(node, issue.path)
  const meant = issue.keys.map((key) => nearMiss(key, allowed))
  const missing = lacks.flatMap(({ code, path }) => (code === 'custom' ? [] : [String(path.at(-1))]))
  const lacking = missing.filter((key) => !meant.includes(key)).map((key) => `\`${key}\` is missing`)
  issue.keys.forEach((key, index) => {
    const pair = at?.kind === 'map' ? at.pairs.find((each) => each.key === key) : undefined
    const also = index === 0 && lacking.length > 0 ? `, and ${lacking.join(', ')}` : ''
    const detail = { value: key, allowed, suggestion: meant[index] }
    report.error(pair?.keySpan ?? placeAt(node, issue.path), `\`${key}\` is not known here${also}.`, detail)
  })
}

const describe = (issue: Issue, { schema, node, what, report }: Judged): void => {
  const at = nodeAt(node, issue.path)
  const name = nameOf(issue.path, what)
  const span = placeAt(node, issue.path)
  if (at === undefined) return report.error(span, `${name} is missing.`, { allowed: choices(issue) })
  const value = textOf(at)
  const allowed = choices(issue) ?? keysWanted(issue, schema)
  const suggestion = hintsOf(issue).suggestion ?? (allowed === undefined ? undefined : nearMiss(value, allowed))
  report.error(span, sentence(issue, name, at), { value, allowed, suggestion })
}

const sentence = (issue: Issue, name: string, at: Node): string => {
  const due = demand(issue, at)
  const is = found(at)
  if (is === 'empty' && due === 'must not be empty') return `${name} is empty.`
  return issue.code === 'custom' && is === 'a map' ? `${name} ${due}.` : `${name} is ${is}; it ${due}.`
}

/** The keys of the map that is due where something else stands. */
const keysWanted = (issue: Issue, schema: z.ZodType): readonly string[] | undefined => {
  const keys = issue.code === 'invalid_type' && issue.expected === 'object' ? allowedKeys(schema, issue.path) : []
  return keys.length === 0 ? undefined : keys
}
