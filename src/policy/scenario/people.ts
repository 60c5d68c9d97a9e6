import { userId, type Person, type Signatory } from '../facts.js'
import type { RawSituation } from './schema.js'

/** GitHub's own committer, as a login. */
const WEB_FLOW = 'web-flow'

/** Turns a scenario's logins into accounts: one id for one login, however it is spelt. */
export interface People {
  readonly of: (login: string) => Person
  /** `null` stays nobody; `undefined` becomes the default. */
  readonly or: (login: string | null | undefined, otherwise: Person | null) => Person | null
  /** `web-flow` is GitHub itself; `null` an address without an account. */
  readonly signatory: (login: string | null | undefined, otherwise: Signatory) => Signatory
}

/** @param ids account ids that the scenario fixes, by login; all others are derived from the login. */
export const peopleOf = (ids: RawSituation['users'] = {}): People => {
  const fixed = new Map(Object.entries(ids).map(([login, id]) => [fold(login), id]))
  const people = new Map<string, Person>()
  const of = (login: string): Person => {
    const key = fold(login)
    const person = people.get(key) ?? {
      id: userId(fixed.get(key) ?? idOf(key)),
      login,
      kind: isApp(key) ? 'app' : 'user',
    }
    people.set(key, person)
    return person
  }
  return {
    of,
    or: (login, otherwise) => (login === undefined ? otherwise : login === null ? null : of(login)),
    signatory: (login, otherwise) => {
      if (login === undefined) return otherwise
      if (login === null) return null
      return fold(login) === WEB_FLOW ? 'github' : of(login)
    },
  }
}

const fold = (login: string): string => login.toLowerCase()
const isApp = (login: string): boolean => login.endsWith('[bot]')

/** A stable id above every real one of today: 48 bits of the login's FNV-1a hash. */
const idOf = (login: string): number => 2 ** 40 + hash(login, 0x811c9dc5) * 2 ** 16 + (hash(login, 0x01000193) & 0xffff)

const hash = (text: string, seed: number): number => {
  let value = seed
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return value
}

/** A team of the scenario: its own members, those of its child teams, and the id that the scenario gives it. */
export interface Team {
  readonly members: readonly string[]
  readonly inherited: readonly string[]
  readonly id: number | null
}

/** Every team that exists, by its slug in lower case; a child team is a team of its own too. */
export const teamsOf = (raw: RawSituation['teams'] = {}): ReadonlyMap<string, Team> => {
  const teams = new Map<string, Team>()
  for (const written of Object.values(raw)) addChildren(teams, written)
  for (const [slug, written] of Object.entries(raw)) teams.set(fold(slug), teamOf(written))
  return teams
}

/** A team as a scenario writes it, at any level. */
type Written =
  | readonly string[]
  | {
      readonly members?: readonly string[] | undefined
      readonly child_teams?: Readonly<Record<string, Written>> | undefined
      readonly id?: number | undefined
    }

const addChildren = (teams: Map<string, Team>, written: Written): void => {
  for (const [slug, child] of Object.entries(childrenOf(written))) {
    teams.set(fold(slug), teamOf(child))
    addChildren(teams, child)
  }
}

const teamOf = (written: Written): Team => ({
  members: membersOf(written),
  inherited: Object.values(childrenOf(written)).flatMap(everybodyOf),
  id: isList(written) ? null : (written.id ?? null),
})

const everybodyOf = (written: Written): readonly string[] => [
  ...membersOf(written),
  ...Object.values(childrenOf(written)).flatMap(everybodyOf),
]

const membersOf = (written: Written): readonly string[] => (isList(written) ? written : (written.members ?? []))
const childrenOf = (written: Written): Readonly<Record<string, Written>> =>
  isList(written) ? {} : (written.child_teams ?? {})
const isList = (written: Written): written is readonly string[] => Array.isArray(written)
