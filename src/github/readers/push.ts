import type { FactSubject } from '../../gatekeeper/ports.js'
import { userId, type Person, type Push, type Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { relation } from './compare.js'
import { findUserById } from './people.js'
import { readShipped } from './ships.js'

export type PushSubject = Extract<FactSubject, { readonly kind: 'push' }>

const NOTHING = /^0*$/

const shaOrNull = (sha: Sha | null): Sha | null => (sha === null || NOTHING.test(sha) ? null : sha)

const pusher = async (scope: Scope, by: number | null): Promise<Person | null> => {
  if (by === null) return null
  const person = await findUserById(scope, userId(by))
  if (person === null) throw unreadable(`user ${by}`, 'GitHub does not know this id')
  return person
}

/**
 * What a push brought. A new branch is compared with the default branch's tip; a forced push brings what the old tip did
 * not have.
 */
export const readPush = async (scope: Scope, subject: PushSubject, tip: () => Promise<Sha>): Promise<Push> => {
  const { branch, by } = subject
  const [before, after] = [shaOrNull(subject.before), shaOrNull(subject.after)]
  const common = { branch, before, after: subject.after, by: await pusher(scope, by), created: before === null }
  if (after === null) return { ...common, commits: [], forced: false, deleted: true }
  const since = before ?? (await tip())
  const { status } = await relation(scope, since, after)
  const forced = before !== null && (status === 'behind' || status === 'diverged')
  return { ...common, commits: await readShipped(scope, since, after), forced, deleted: false }
}
