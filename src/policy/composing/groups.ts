import type { Group, GroupPart } from '../gate.js'
import { canonical } from '../reading/names.js'
import type { InlineGroup, PeopleReference } from '../parameters.js'
import type { Place } from '../verdict.js'

export interface NamedGroup {
  readonly name: string
  readonly group: InlineGroup
  readonly place: Place
}

/** Groups of one file by canonical name. */
export type Groups = ReadonlyMap<string, NamedGroup>

/** Where the names of one layer are looked up, in this order; a name in none of them is a team's slug. */
export type Scope = readonly Groups[]

/** Turns names into the teams, users, roles and organizations that they stand for. Never fails: existence is a fact. */
export const resolvePeople = (people: PeopleReference, scope: Scope): Group => {
  const parts = distinct(partsOfPeople(people, scope))
  return { name: nameOfPeople(people), key: keyOf(parts), parts }
}

/** Every name that a reference to people mentions at its top: names of groups or slugs of teams. */
export const namesIn = (people: PeopleReference): readonly string[] => {
  if (typeof people === 'string') return [people]
  return isList(people) ? people.flatMap(namesIn) : []
}

const isList = (people: PeopleReference): people is string[] => Array.isArray(people)

const partsOfPeople = (people: PeopleReference, scope: Scope): readonly GroupPart[] => {
  if (typeof people === 'string') return partsOfName(people, scope)
  return isList(people) ? people.flatMap((each) => partsOfPeople(each, scope)) : partsOfGroup(people)
}

/** A name that is no group is a team's slug; one that ends in `[bot]`, which no slug does, is an app's login. */
const partsOfName = (name: string, scope: Scope): readonly GroupPart[] => {
  const key = canonical(name)
  const found = scope.find((groups) => groups.has(key))?.get(key)
  if (found) return partsOfGroup(found.group)
  return [name.endsWith('[bot]') ? { kind: 'user', login: name } : { kind: 'team', slug: key, inherited: true }]
}

const partsOfGroup = ({
  teams = [],
  users = [],
  roles = [],
  organizations = [],
  inherited = true,
}: InlineGroup): readonly GroupPart[] => [
  ...teams.map((team): GroupPart => {
    const { team: slug, id } = typeof team === 'string' ? { team, id: undefined } : team
    return { kind: 'team', slug: canonical(slug), ...(id === undefined ? {} : { id }), inherited }
  }),
  ...users.map((user): GroupPart => {
    const { user: login, id } = typeof user === 'string' ? { user, id: undefined } : user
    return { kind: 'user', login, ...(id === undefined ? {} : { id }) }
  }),
  ...roles.map((role): GroupPart => ({ kind: 'role', role })),
  ...organizations.map((login): GroupPart => ({ kind: 'organization', login })),
]

const partKey = (part: GroupPart): string => {
  switch (part.kind) {
    case 'team':
      return `team:${part.slug}#${part.id ?? ''}${part.inherited ? '' : '!'}`
    case 'user':
      return `user:${canonical(part.login)}#${part.id ?? ''}`
    case 'role':
      return `role:${part.role}`
    case 'organization':
      return `organization:${canonical(part.login)}`
  }
}

const distinct = (parts: readonly GroupPart[]): readonly GroupPart[] => [
  ...new Map(parts.map((part) => [partKey(part), part])).values(),
]

const keyOf = (parts: readonly GroupPart[]): string => parts.map(partKey).sort().join('|')

const nameOfPeople = (people: PeopleReference): string => {
  if (typeof people === 'string') return people
  if (isList(people)) return people.map(nameOfPeople).join(' or ')
  const { teams = [], users = [], roles = [], organizations = [] } = people
  return [
    ...teams.map((team) => (typeof team === 'string' ? team : team.team)),
    ...users.map((user) => (typeof user === 'string' ? user : user.user)),
    ...roles.map((role) => `role ${role}`),
    ...organizations.map((login) => `organization ${login}`),
  ].join(' or ')
}
