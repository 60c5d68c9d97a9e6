import type { Hint, RepositoryAddress, Subject } from '../gatekeeper/subject.js'
import {
  installationId,
  repositoryId,
  type InstallationId,
  type Instant,
  type RepositoryId,
  type Sha,
  type Topic,
} from '../policy/facts.js'
import { id, text, UnexpectedPayload } from './payload.js'

/** What a handler knows besides the payload. */
export interface Circumstances {
  /** GitHub's id of this delivery (`X-GitHub-Delivery`). */
  readonly delivery: string
  readonly now: Instant
  /** This app's own id: what it made itself is dropped. */
  readonly appId: number
  /** Name of the repository that holds the organisation's policy. */
  readonly policyRepository: string
}

/** Names what an event may have changed. Decides nothing, reads nothing but the payload. */
export type Handler<Payload> = (payload: Payload, circumstances: Circumstances) => readonly Hint[]

/** A key under which subjects say what they asked: a fact's topic, or the policy itself. */
export type About = Topic | `${Topic}/${string}` | 'policy' | `policy/${string}`

export const installationOf = (payload: unknown): InstallationId => installationId(id(payload, 'installation.id'))
export const repositoryOf = (payload: unknown): RepositoryId => repositoryId(id(payload, 'repository.id'))

/** The repository that the event happened in, as GitHub calls it now. */
export const addressOf = (payload: unknown): RepositoryAddress => ({
  installation: installationOf(payload),
  id: repositoryOf(payload),
  owner: text(payload, 'repository.owner.login'),
  name: text(payload, 'repository.name'),
})

/** The address of an entry of an installation's repository list, which has a full name and no owner. */
export const addressOfListed = (installation: InstallationId, entry: unknown): RepositoryAddress => {
  const [owner, name, ...more] = text(entry, 'full_name').split('/')
  if (!owner || !name || more.length > 0) throw new UnexpectedPayload('full_name', 'is not of the form owner/name')
  return { installation, id: repositoryId(id(entry, 'id')), owner, name }
}

/** Judge this subject. `sha`: the head that the payload names. `notBefore`: epoch milliseconds. */
export const touch = (
  payload: unknown,
  subject: Subject,
  more: { readonly sha?: Sha; readonly notBefore?: Instant } = {},
): Hint => ({ kind: 'touch', subject, installation: installationOf(payload), ...more })

export const touchChange = (payload: unknown, number: number, head?: Sha): Hint =>
  touch(payload, { kind: 'change', repository: repositoryOf(payload), number }, head === undefined ? {} : { sha: head })

/** Wake what asked about this in the repository; with a SHA, only what is about that SHA. */
export const wakeRepository = (payload: unknown, about: readonly About[], head?: Sha): Hint => ({
  kind: 'wake',
  scope: { repository: repositoryOf(payload) },
  about,
  ...(head === undefined ? {} : { sha: head }),
})

/** Wake what asked about this in every repository of the installation. */
export const wakeInstallation = (payload: unknown, about: readonly About[]): Hint => ({
  kind: 'wake',
  scope: { installation: installationOf(payload) },
  about,
})
