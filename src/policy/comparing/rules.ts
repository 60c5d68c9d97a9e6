import { approvalChanges, approvalText } from './approval.js'
import { different, within, type Change, type Direction } from './changes.js'
import { groupChanges, maybeGroupChanges } from './people.js'
import { protectionChanges } from './protection.js'
import { sizeChanges } from './size.js'
import { lengthText, windowChanges } from './time.js'
import { allowances, amounts, demands, limits, switches } from './values.js'
import { wantedChanges } from './wanted.js'
import { sameEnvironment } from '../composing/environment.js'
import { codeSpan, listOf, MARKDOWN } from '../words/text.js'
import type { Group } from '../gate.js'
import type { ApprovalParams } from '../rules/approval.js'
import type { Wanted } from '../rules/checks.js'
import type { GateKind } from '../verdict.js'
import type { Window } from '../time/windows.js'

/** Parameters of some rule, as parsed. */
type Params = Readonly<Record<string, unknown>>
type Comparer = (before: Params, after: Params, kind: GateKind) => readonly Change[]

const texts = (params: Params, key: string): readonly string[] => (params[key] ?? []) as readonly string[]
const maybeTexts = (params: Params, key: string) => params[key] as readonly string[] | undefined
const group = (params: Params, key: string) => params[key] as Group
const maybeGroup = (params: Params, key: string) => params[key] as Group | undefined
const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase())

const allowing =
  (what: string, ...keys: readonly string[]): Comparer =>
  (before, after) =>
    keys.flatMap((key) => allowances(what, texts(before, key), texts(after, key)))

const matching: Comparer = (before, after) => [
  ...limits('matches: ', maybeTexts(before, 'matches'), maybeTexts(after, 'matches')),
  ...demands('not_matches: ', texts(before, 'not_matches'), texts(after, 'not_matches')),
]

const membership =
  (what: string, key: string, wider: Direction, absent: 'everybody' | 'nobody'): Comparer =>
  (before, after) =>
    maybeGroupChanges(what, maybeGroup(before, key), maybeGroup(after, key), { wider, absent })

const both =
  (...comparers: readonly Comparer[]): Comparer =>
  (before, after, kind) =>
    comparers.flatMap((compare) => compare(before, after, kind))

/** With `none`, each path is one more that may not change; what is excepted from it may. */
const changedFiles: Comparer = (before, after) => {
  const isAlone = [before, after].every(({ paths, matches }) => (paths === undefined) !== (matches === undefined))
  const sameKind = (['only', 'none'] as const).every((key) => before[key] === after[key])
  if (!isAlone || !sameKind || (before['paths'] === undefined) !== (after['paths'] === undefined)) return []
  const [listed, excepted] = after['none'] === true ? [demands, allowances] : [allowances, demands]
  return [
    ...listed('', texts(before, 'paths'), texts(after, 'paths')),
    ...listed('', texts(before, 'matches'), texts(after, 'matches')),
    ...excepted('except ', texts(before, 'except'), texts(after, 'except')),
  ]
}

const checksOf = (params: Params): readonly Wanted[] => params as unknown as readonly Wanted[]

/** Several of `any` are one demand of which each fulfils the whole. */
const labels: Comparer = (before, after) => [
  ...demands('', lower(texts(before, 'all')), lower(texts(after, 'all'))),
  ...limits('one of ', anyOf(before), anyOf(after)),
  ...demands('none of ', lower(texts(before, 'none')), lower(texts(after, 'none'))),
]
const anyOf = (params: Params) => (texts(params, 'any').length === 0 ? undefined : lower(texts(params, 'any')))

const COMPARERS: Readonly<Record<string, Comparer>> = {
  approval: (before, after, kind) =>
    approvalChanges(before as unknown as ApprovalParams, after as unknown as ApprovalParams, kind),
  no_objection: (before, after) =>
    groupChanges('objections are heard from', group(before, 'from'), group(after, 'from'), { wider: 'stronger' }),
  author: both(membership('in', 'in', 'weaker', 'everybody'), membership('not_in', 'not_in', 'stronger', 'nobody')),
  contributors: both(
    membership('any_in', 'any_in', 'weaker', 'everybody'),
    membership('only_in', 'only_in', 'weaker', 'everybody'),
    (before, after) =>
      switches(before['only_author'] === true, after['only_author'] === true, 'stronger', '`only_author`'),
  ),
  deployer: (before, after) => [
    ...groupChanges('released by', group(before, 'in'), group(after, 'in'), { wider: 'weaker' }),
    ...switches(
      before['otherwise'] === 'deny',
      after['otherwise'] === 'deny',
      'stronger',
      'rejecting everybody else at once',
    ),
  ],
  actor: allowing('', 'kind'),
  checks: (before, after) => wantedChanges(checksOf(before), checksOf(after)),
  workflows: (before, after) => [
    ...demands('', texts(before, 'paths'), texts(after, 'paths')),
    ...allowances('conclusion ', texts(before, 'conclusions'), texts(after, 'conclusions')),
  ],
  ref: both(allowing('branch ', 'branches'), allowing('tag ', 'tags')),
  event: allowing('', 'in'),
  workflow: both(allowing('', 'paths'), (before, after) =>
    switches(before['same_as_default'] === true, after['same_as_default'] === true, 'stronger', '`same_as_default`'),
  ),
  protected: (before, after) => protectionChanges(before, after),
  deployed: (before, after) => {
    const [from, to] = [String(before['to']), String(after['to'])]
    if (!sameEnvironment(from, to)) return [different(`${codeSpan(to)} instead of ${codeSpan(from)}`)]
    const [short, long] = [Number(before['for']), Number(after['for'])]
    return amounts(
      short,
      long,
      'stronger',
      `in ${codeSpan(to)} for ${lengthText(long)} instead of ${lengthText(short)}`,
    )
  },
  documents: (before, after) => demands('', texts(before, 'headings'), texts(after, 'headings')),
  linked_issue: allowing("a ticket's key like ", 'matches'),
  window: (before, after) =>
    windowChanges(before as unknown as readonly Window[], after as unknown as readonly Window[]),
  delay: (before, after) =>
    amounts(
      Number(before),
      Number(after),
      'stronger',
      `${lengthText(Number(after))} instead of ${lengthText(Number(before))}`,
    ),
  newest: (before, after) =>
    switches(
      before['waiting'] === 'reject_older',
      after['waiting'] === 'reject_older',
      'stronger',
      'rejecting older ones that wait',
    ),
  changed: changedFiles,
  size: sizeChanges,
  labels,
  title: matching,
  base: matching,
  head: matching,
  repository: matching,
  tier: allowing('', 'in'),
  signed: membership('by', 'by', 'weaker', 'everybody'),
}

/** What another set of parameters changes about one rule, not yet held against what else may differ. */
export const ruleChanges = (name: string, before: unknown, after: unknown, kind: GateKind): readonly Change[] => {
  const compare = COMPARERS[name]
  const changes = compare?.(before as Params, after as Params, kind) ?? []
  const found = changes.length > 0 ? changes : [different('asked otherwise')]
  return name === 'approval' ? found : within(codeSpan(name), found)
}

/** A rule in a few words: what it is about, and the names that stand in it. */
export const ruleText = (name: string, params: unknown): string => {
  if (name === 'approval') return approvalText(params as ApprovalParams)
  if (typeof params === 'boolean') return codeSpan(`${name}: ${String(params)}`)
  const told = name === 'checks' ? checksOf(params as Params).map((wanted) => wanted.name) : params
  const names = [...new Set(namesWithin(told))]
  const shown = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  return shown.length === 0 ? codeSpan(name) : `${codeSpan(name)} (${listOf(shown)})`
}

const namesWithin = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [codeSpan(value)]
  if (Array.isArray(value)) return value.flatMap(namesWithin)
  if (typeof value !== 'object' || value === null) return []
  return isGroup(value) ? [MARKDOWN.name(value.name)] : Object.values(value).flatMap(namesWithin)
}

/** Whether something in parameters is a group that composition has put there. */
export const isGroup = (value: object): value is Group => 'key' in value && 'parts' in value && 'name' in value
