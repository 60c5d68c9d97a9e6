import type { Advice } from './advice.js'
import { namesIn, resolvePeople } from '../composing/groups.js'
import { mentions } from './mentions.js'
import {
  onAuthor,
  onDocuments,
  onLabels,
  onPaths,
  onRef,
  onReviewed,
  onWorkflows,
  textsOf,
  type Adviser,
  type Looked,
} from './advice-values.js'
import { canonical, sameName } from './names.js'
import type { PeopleReference } from '../parameters.js'
import type { PolicyDocument } from './policy-document.js'
import { misspelt } from './suggest.js'
import type { Place } from '../verdict.js'
import { listsIn, rulesIn, type EntryList, type RuleEntry } from './walk.js'

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

const AFTER_RELEASE = '`after_push` has no effect on a release: an approval is of exactly one commit.'

const onApproval: Adviser = ({ params, place, list, policy }) => [
  ...(params['after_push'] === 'keep'
    ? [
        {
          place,
          path: ['after_push'],
          message: '`after_push: keep` lets an approval stand for commits that nobody looked at; `same_diff` does not.',
        },
      ]
    : []),
  ...(params['objections'] === 'ignore' && list.kind === 'release'
    ? [
        {
          place,
          path: ['objections'],
          message: '`objections: ignore` has no effect on a release: a rejection always denies it.',
        },
      ]
    : []),
  ...(params['after_push'] === 'same_diff' && list.kind === 'release'
    ? [{ place, path: ['after_push'], message: AFTER_RELEASE }]
    : []),
  ...textsOf(params['involved']).flatMap((role, index) =>
    role === 'deployer' && list.kind !== 'release'
      ? [
          {
            place,
            path: ['involved', index],
            message: '`deployer` has no effect here: a pull request has no deployer.',
          },
        ]
      : [],
  ),
  ...tooMany(params['from'] as PeopleReference, Number(params['count']), place, policy),
]

const onDeployed: Adviser = ({ params, place, list, policy }) => {
  const to = String(params['to'])
  if (list.environment !== null && sameName(to, list.environment)) {
    return [
      {
        place,
        path: ['to'],
        message: `\`deployed\` asks that the commit already is where it wants to go, \`${to}\`; it never can be.`,
      },
    ]
  }
  return misspeltEnvironment(to, place, policy).map((advice) => ({ ...advice, path: ['to'] }))
}

const ADVISERS: ReadonlyMap<string, Adviser> = new Map([
  ['approval', onApproval],
  ['deployed', onDeployed],
  ['ref', onRef],
  ['changed', onPaths],
  ['workflow', onWorkflows],
  ['workflows', onWorkflows],
  ['reviewed', onReviewed],
  ['labels', onLabels],
  ['author', onAuthor],
  ['documents', onDocuments],
])

/** Only where a group is a list of people can a file tell how many it has. */
const tooMany = (people: PeopleReference, count: number, place: Place, policy: PolicyDocument): readonly Advice[] => {
  const { name, parts } = resolvePeople(people, [policy.groups])
  if (!parts.every(({ kind }) => kind === 'user') || count <= parts.length) return []
  const size = parts.length === 1 ? '1 person' : `${parts.length} people`
  return [
    {
      place,
      path: ['count'],
      message: `\`count\` is ${count}, but \`${name}\` has ${size}; it can never be met (unsatisfiable).`,
    },
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
