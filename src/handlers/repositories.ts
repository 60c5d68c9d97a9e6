import type { Hint, RepositoryAddress } from '../gatekeeper/subject.js'
import { repositoryId } from '../policy/facts.js'
import { at, each, id, type Payload } from './payload.js'
import {
  addressOfListed,
  installationOf,
  repositoryOf,
  touch,
  wakeInstallation,
  wakeRepository,
  type Circumstances,
  type Handler,
} from './hints.js'

/** Whether this is the name of the repository of the organisation's policy: with it the policy of all others comes, changes or goes. */
const holdsThePolicy = (name: unknown, { policyRepository }: Circumstances): boolean =>
  typeof name === 'string' && name.toLowerCase() === policyRepository.toLowerCase()

/** A repository appeared, changed or went; where it holds the organisation's policy, that concerns all. */
export const onRepository: Handler<Payload<'repository'>> = (payload, circumstances) => [
  ...ofRepository(payload),
  ...([at(payload, 'repository.name'), at(payload, 'changes.repository.name.from')].some((name) =>
    holdsThePolicy(name, circumstances),
  )
    ? [wakeInstallation(payload, ['policy'])]
    : []),
]

/** What went is given up; where it went to, its new installation tells. */
const ofRepository = (payload: Payload<'repository'>): readonly Hint[] => {
  const repository = repositoryOf(payload)
  switch (payload.action) {
    case 'deleted':
    case 'archived':
    case 'transferred':
      return [{ kind: 'gone', scope: { repository }, why: `repository ${payload.action}` }]
    case 'created':
    case 'unarchived':
      return [touch(payload, { kind: 'repository', repository })]
    case 'edited':
    case 'privatized':
    case 'publicized':
    case 'renamed':
    default:
      return [wakeRepository(payload, ['repository', 'policy', 'protection'])]
  }
}

/** The app was installed, allowed more, paused or removed. */
export const onInstallation: Handler<Payload<'installation'>> = (payload) => {
  const installation = installationOf(payload)
  return payload.action === 'deleted' || payload.action === 'suspend'
    ? [{ kind: 'gone', scope: { installation }, why: `installation ${payload.action}` }]
    : each(payload, 'repositories').flatMap((entry) => appeared(addressOfListed(installation, entry)))
}

/** Repositories were added to an installation, or taken out of it. */
export const onInstallationRepositories: Handler<Payload<'installation_repositories'>> = (payload, circumstances) => {
  const installation = installationOf(payload)
  const moved = [...each(payload, 'repositories_removed'), ...each(payload, 'repositories_added')]
  return [
    ...(moved.some((entry) => holdsThePolicy(at(entry, 'name'), circumstances))
      ? [wakeInstallation(payload, ['policy'])]
      : []),
    ...each(payload, 'repositories_removed').map((entry): Hint => {
      const repository = repositoryId(id(entry, 'id'))
      return { kind: 'gone', scope: { repository, of: installation }, why: 'removed from the installation' }
    }),
    ...each(payload, 'repositories_added').flatMap((entry) => appeared(addressOfListed(installation, entry))),
  ]
}

/** The first sweep of a repository. */
const appeared = (address: RepositoryAddress): readonly Hint[] => [
  { kind: 'address', address },
  { kind: 'touch', subject: { kind: 'repository', repository: address.id }, installation: address.installation },
]
