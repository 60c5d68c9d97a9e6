import { ask, type Collaborator, type Person, type Question, type Role, type TeamId, type UserId } from './facts.js'
import type { Group, GroupPart } from './gate.js'
import { ROLES } from './parameters.js'
import type { Asked } from './rule.js'

/** Who is in a group now. */
export interface Members {
  readonly ids: ReadonlySet<UserId>
  /** Each once, by id; apps too, where a policy names one by its login. */
  readonly people: readonly Person[]
}

const asked = new WeakMap<Group, Asked<Members>>()

/** Asks who is in a group: its teams, users, roles and organizations, joined. Unknown as soon as one part is. */
export const membersOf = (group: Group): Asked<Members> => {
  const before = asked.get(group)
  if (before !== undefined) return before
  const fresh: Asked<Members> = { questions: group.parts.map(questionFor), join: remembering(group.parts) }
  asked.set(group, fresh)
  return fresh
}

const questionFor = (part: GroupPart): Question => {
  switch (part.kind) {
    case 'team':
      return ask.team({
        slug: part.slug,
        inherited: part.inherited,
        ...(part.id === undefined ? {} : { id: part.id as TeamId }),
      })
    case 'user':
      return ask.user({ login: part.login, ...(part.id === undefined ? {} : { id: part.id as UserId }) })
    case 'role':
      return ask.roles
    case 'organization':
      return ask.organization(part.login)
  }
}

/** Joins anew only when an answer is another object than last time: thousands of decisions rest on one reading. */
const remembering = (parts: readonly GroupPart[]) => {
  let last: { readonly answers: readonly unknown[]; readonly members: Members } | null = null
  return (answers: readonly unknown[]): Members => {
    if (last !== null && last.answers.every((answer, index) => answer === answers[index])) return last.members
    last = { answers, members: join(parts, answers) }
    return last.members
  }
}

const join = (parts: readonly GroupPart[], answers: readonly unknown[]): Members => {
  const people = new Map(
    parts.flatMap((part, index) => peopleOf(part, answers[index])).map((person) => [person.id, person]),
  )
  return { ids: new Set(people.keys()), people: [...people.values()].sort((a, b) => a.id - b.id) }
}

const peopleOf = (part: GroupPart, answer: unknown): readonly Person[] => {
  switch (part.kind) {
    case 'team':
    case 'organization':
      return answer as readonly Person[]
    case 'user':
      return [answer as Person]
    case 'role':
      return (answer as readonly Collaborator[])
        .filter(({ role }) => atLeast(role, part.role))
        .map(({ person }) => person)
  }
}

const atLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least)

/** Only people approve, release and override: apps and bots never count. */
export const isHuman = (person: Person): boolean => person.kind === 'user'

const NOT_ASKED: Asked<null> = { questions: [], join: () => null }

/** The same for a group that a policy may leave out: `null` where it does. */
export const membersOfAny = (group: Group | undefined | null): Asked<Members | null> =>
  group === undefined || group === null ? NOT_ASKED : membersOf(group)
