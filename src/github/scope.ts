import { z } from 'zod'
import type { Clock, Logger, ReaderRecords } from '../gatekeeper/ports.js'
import type { RepositoryAddress } from '../gatekeeper/subject.js'
import type { RepositoryId } from '../policy/facts.js'
import type { Api } from './api.js'
import type { Cache } from './cache.js'

/** What every reader of one repository needs. */
export interface Scope {
  readonly api: Api
  readonly address: RepositoryAddress
  readonly id: RepositoryId
  readonly owner: string
  readonly repo: string
  readonly appId: number
  /** The organisation's policy repository, by name. */
  readonly policyRepository: string
  readonly records: ReaderRecords
  readonly cache: Cache
  readonly clock: Clock
  readonly log: Logger
  /** github.com signs what it commits; a server of one's own may not. */
  readonly signsWebCommits: boolean
}

/** Whether the organisation's policy stands in this repository. */
export const isPolicyRepository = ({ repo, policyRepository }: Scope): boolean =>
  repo.toLowerCase() === policyRepository.toLowerCase()

/** A GraphQL reply's `repository`, believed only if its id is the one that was asked for: names can change hands. */
export const verified = <T extends z.ZodRawShape>({ id, owner, repo }: Scope, shape: z.ZodObject<T>) =>
  z
    .object({
      repository: z.intersection(
        z.object({
          databaseId: z
            .number()
            .refine((found) => found === id, { error: `${owner}/${repo} is another repository now` }),
        }),
        shape,
      ),
    })
    .transform((reply) => reply.repository)

/** A REST reply's repository, by the same law. */
export const sameRepository = ({ id, owner, repo }: Scope) =>
  z.object({ id: z.number().refine((found) => found === id, { error: `${owner}/${repo} is another repository now` }) })
