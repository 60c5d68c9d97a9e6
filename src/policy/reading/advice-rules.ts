import type { Advice } from './advice.js'
import { namesIn, resolvePeople } from '../composing/groups.js'
import { mentions } from './mentions.js'
import { canonical, sameName } from './names.js'
import type { PeopleReference } from '../parameters.js'
import type { PolicyDocument } from './policy-document.js'
import { misspelt } from './suggest.js'
import type { Place } from '../verdict.js'
import { listsIn, rulesIn, type EntryList, type RuleEntry } from './walk.js'

/** A rule as advice looks at it: parameters by name, whatever they are. */
interface Looked {
  readonly params: Readonly<Record<string, unknown>>
  readonly place: Place
  readonly list: EntryList
  readonly policy: PolicyDocument
}

type Adviser = (looked: Looked) => readonly Advice[]

/** Advice on every rule of a file, and on the people whom rules name. */
export const ruleAdvice = (policy: PolicyDocument): readonly Advice[] => [
  ...listsIn(policy).flatMap((list) =>
    list.entries
      .flatMap(rulesIn)
      .flatMap((entry) => (ADVISERS.get(entry.rule.name) ?? NO_ADVICE)(lookAt(entry, list, policy))),
  ),
  ...[...policy.environments, ...policy.tiers].flatMap(({ override }) =>
    override === null ? [] : tooMany(override.by, override.count, override.place, policy),
  ),
  ...mentions(policy).flatMap(({ people, place }) =>
    namesIn(people).flatMap((name) => misspeltGroup(name, place, policy)),
  ),
]

const lookAt = ({ params, place }: RuleEntry, list: EntryList, policy: PolicyDocument): Looked => ({
  params: typeof params === 'object' && params !== null ? { ...params } : {},
  place,
  list,
  policy,
})

const NO_ADVICE: Adviser = () => []

const onApproval: Adviser = ({ params, place, list, policy }) => [
  ...(params['after_push'] === 'keep'
    ? [
        {
          place,
          message: '`after_push: keep` lets an approval stand for commits that nobody looked at; `same_diff` does not.',
        },
      ]
    : []),
  ...(params['objections'] === 'ignore' && list.kind === 'release'
    ? [{ place, message: '`objections: ignore` has no effect on a release: a rejection always denies it.' }]
    : []),
  ...tooMany(params['from'] as PeopleReference, Number(params['count']), place, policy),
]

const onDeployed: Adviser = ({ params, place, list, policy }) => {
  const to = String(params['to'])
  if (list.environment !== null && sameName(to, list.environment)) {
    return [
      {
        place,
        message: `\`deployed\` asks that the commit already is where it wants to go, \`${to}\`; it never can be.`,
      },
    ]
  }
  return misspeltEnvironment(to, place, policy)
}

const onRef: Adviser = ({ params, place }) =>
  textsOf(params['branches']).flatMap((branch) => {
    const short = shortBranch(branch)
    return short === null
      ? []
      : [
          {
            place,
            message: `\`${branch}\` is no branch's name; write it without \`refs/heads/\` or \`origin/\`.`,
            suggestion: short,
          },
        ]
  })

const onPaths: Adviser = ({ params, place }) => {
  const paths = [...textsOf(params['paths']), ...textsOf(params['except'])]
  return paths.flatMap((path) => {
    if (/^\.?\//.test(path)) {
      const suggestion = path.replace(/^\.?\/+/, '')
      return [
        {
          place,
          message: `\`${path}\` fits no file: paths begin at the root of the repository, without \`/\` or \`./\`.`,
          suggestion,
        },
      ]
    }
    return path.endsWith('/')
      ? [{ place, message: `\`${path}\` fits no file: it ends with \`/\`.`, suggestion: `${path}**` }]
      : []
  })
}

const ADVISERS: ReadonlyMap<string, Adviser> = new Map([
  ['approval', onApproval],
  ['deployed', onDeployed],
  ['ref', onRef],
  ['changed', onPaths],
  ['workflow', onPaths],
  ['workflows', onPaths],
])

/** Only where a group is a list of people can a file tell how many it has. */
const tooMany = (people: PeopleReference, count: number, place: Place, policy: PolicyDocument): readonly Advice[] => {
  const { name, parts } = resolvePeople(people, [policy.groups])
  if (!parts.every(({ kind }) => kind === 'user') || count <= parts.length) return []
  const size = parts.length === 1 ? '1 person' : `${parts.length} people`
  return [
    { place, message: `\`count\` is ${count}, but \`${name}\` has ${size}; it can never be met (unsatisfiable).` },
  ]
}

/** Names that only count on (`qa-1` and `qa-2`, `team-a` and `team-b`) are siblings, not misspelt. */
const meantAmong = (name: string, names: readonly string[]): string | undefined => {
  const digits = (text: string) => text.replace(/\D/g, '')
  const sibling = (other: string) =>
    digits(other) !== digits(name) || (other.length === name.length && other.slice(0, -1) === name.slice(0, -1))
  return misspelt(
    name,
    names.filter((other) => !sibling(other)),
  )
}

/** A name that is no group is a team's slug: a typing mistake would name a team that nobody has. */
const misspeltGroup = (name: string, place: Place, { groups }: PolicyDocument): readonly Advice[] => {
  if (groups.has(canonical(name))) return []
  if (/[@/\s]/.test(name)) {
    const suggestion = name
      .replace(/^.*[@/]/, '')
      .trim()
      .replace(/\s+/g, '-')
      .toLowerCase()
    return [{ place, message: `\`${name}\` is no group of this file, and no team's slug looks like it.`, suggestion }]
  }
  const meant = meantAmong(
    name,
    [...groups.values()].map((group) => group.name),
  )
  const message = `\`${name}\` is no group of this file, so it is taken for a team.`
  return meant === undefined ? [] : [{ place, message, suggestion: meant }]
}

/** An environment that this file does not name, but nearly. */
export const misspeltEnvironment = (
  name: string,
  place: Place,
  { environments }: PolicyDocument,
): readonly Advice[] => {
  const names = environments.map((environment) => environment.name)
  const meant = names.some((known) => sameName(known, name)) ? undefined : meantAmong(name, names)
  return meant === undefined
    ? []
    : [{ place, message: `No environment \`${name}\` is named in this file.`, suggestion: meant }]
}

/** A branch's name out of a full ref or a remote branch; `null` where it is none of these. */
export const shortBranch = (branch: string): string | null =>
  /^(refs\/|origin\/)/.test(branch) ? branch.replace(/^(refs\/heads\/|refs\/tags\/|refs\/|origin\/)/, '') : null

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
