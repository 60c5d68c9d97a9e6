import type { Question, TeamRef, UserRef } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { readerOf, type Reader, type Reading } from './answers.js'
import { holdToPin, readOrganization, readTeam, readUser } from './people.js'
import { readProtection } from './protection.js'
import { readRoles } from './roles.js'

export interface Common {
  /** The branch whose protection counts for this subject. */
  readonly branch: () => Promise<string>
  /** Read anew what a moment ago was read: what an answer rests on. */
  readonly fresh: boolean
}

/** Where what is kept about people and protection stands in the cache, so that events can have it forgotten. */
export const keyOf = {
  installation: ({ address }: Scope, what: string) => `installation/${address.installation}/${what}`,
  /** Of one installation: what its predecessor was shown of the repository is not asked of the new one. */
  repository: ({ id, address }: Scope, what: string) => `repository/${id}/${address.installation}/${what}`,
} as const

/** What a question lacks that its topic needs: a bug of whoever made it. */
const need = <T>(detail: T | undefined, { key }: Question): T => {
  if (detail === undefined) throw new TypeError(`the question ${key} does not say about whom`)
  return detail
}

const teamReading = async (scope: Scope, ref: TeamRef, fresh: boolean): Promise<Reading> => {
  const slug = ref.slug.toLowerCase()
  const key = keyOf.installation(scope, `teams/${slug}/${ref.inherited ? 'all' : 'direct'}`)
  const { value, at } = await scope.cache.read(key, () => readTeam(scope, ref), { fresh })
  await holdToPin(scope, `teams/${slug}`, value.id, ref.id)
  return { value: value.members, at }
}

const userReading = async (scope: Scope, ref: UserRef, fresh: boolean): Promise<Reading> => {
  const login = ref.login.toLowerCase()
  const key = keyOf.installation(scope, `users/${login}`)
  const { value, at } = await scope.cache.read(key, () => readUser(scope, ref), { fresh })
  await holdToPin(scope, `users/${login}`, value.id, ref.id)
  return { value, at }
}

const organizationReading = (scope: Scope, organization: string, fresh: boolean): Promise<Reading> => {
  const key = keyOf.installation(scope, `organizations/${organization.toLowerCase()}`)
  return scope.cache.read(key, () => readOrganization(scope, organization), { fresh })
}

/** Facts that any subject may ask about: people, and protection. Kept for some minutes unless `fresh`. */
export const commonReader = (scope: Scope, { branch, fresh }: Common): Reader =>
  readerOf({
    teams: (question) => teamReading(scope, need(question.of.team, question), fresh),
    users: (question) => userReading(scope, need(question.of.user, question), fresh),
    organizations: (question) => organizationReading(scope, need(question.of.organization, question), fresh),
    roles: () => scope.cache.read(keyOf.repository(scope, 'roles'), () => readRoles(scope), { fresh }),
    async protection() {
      const name = await branch()
      const key = keyOf.repository(scope, `protection/${name}`)
      return scope.cache.read(key, () => readProtection(scope, name), { fresh })
    },
  })
