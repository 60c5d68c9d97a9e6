import { createHash } from 'node:crypto'
import type { Gatekeeper } from './gatekeeper.js'
import type { CheckToPost, Lease, PostedCheck, Repository } from './ports.js'

export type CheckContent = Omit<CheckToPost, 'externalId'> & { readonly reference?: string }

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)

const digestOf = ({ name, conclusion, title, summary, text, actions, annotations }: CheckContent) =>
  fingerprint(JSON.stringify([name, conclusion, title, summary, text, actions, annotations]))

type Standing = {
  readonly id: number | null
  readonly digest: string
  readonly completed: boolean
  readonly intact: boolean
  readonly at: number | null
}

/** What stands at GitHub: our record of what we said, held against what GitHub shows. */
const standing = async (
  { records }: Gatekeeper,
  repository: Repository,
  { name, sha }: CheckContent,
  shown: PostedCheck | null,
): Promise<Standing | null> => {
  const last = await records.lastCheck(repository.address.id, sha, name)
  if (last === null) {
    if (shown === null) return null
    return { id: shown.id, digest: shown.externalId, completed: shown.status === 'completed', intact: true, at: null }
  }
  const older = shown === null || last.id === null || shown.id <= last.id
  if (!older)
    return {
      id: shown.id,
      digest: shown.externalId,
      completed: shown.status === 'completed',
      intact: true,
      at: last.at,
    }
  const changedByGitHub = shown !== null && shown.id === last.id && shown.conclusion === 'stale'
  return { id: last.id, digest: last.digest, completed: last.completed, intact: !changedByGitHub, at: last.at }
}

/**
 * Shows a check run, only if it says something else than what stands there and the lease still holds. A completed run is
 * final on GitHub, so a gate closes again (and opens again) by a new run of the same name; an open one is changed in
 * place. An open one older than `staleAfter` is posted anew before GitHub calls it stale.
 * @returns whether GitHub was told something.
 * @throws {Unreadable} when GitHub did not take it; the outcome is on record then.
 */
export const showCheck = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  content: CheckContent,
  shown: PostedCheck | null,
  staleAfter: number,
): Promise<boolean> => {
  const { records, subjects, clock } = gatekeeper
  const { reference, ...check } = content
  const digest = `${reference === undefined ? '' : `${reference}.`}${digestOf(content)}`
  const there = await standing(gatekeeper, repository, content, shown)
  const completed = content.conclusion !== null
  const tired = there !== null && !there.completed && there.at !== null && clock.now() - there.at >= staleAfter
  if (there !== null && there.digest === digest && there.completed === completed && there.intact && !tired) return false
  if (!(await subjects.holds(lease, clock.now()))) return false
  const update = there !== null && there.id !== null && !there.completed && !tired
  const { id: repositoryId, installation } = repository.address
  const intent = await records.intend(
    {
      installation,
      repository: repositoryId,
      subject: lease.key,
      what: 'check',
      target: content.name,
      sha: content.sha,
      run: null,
      attempt: null,
      body: { digest, completed, conclusion: content.conclusion, title: content.title },
    },
    clock.now(),
  )
  try {
    const id = update && there.id !== null ? there.id : await repository.postCheck({ ...check, externalId: digest })
    if (update) await repository.updateCheck(id, { ...check, externalId: digest })
    await records.settle(intent, { ok: true, detail: { id } }, clock.now())
    return true
  } catch (error) {
    await records.settle(intent, { ok: false, detail: { error: String(error) } }, clock.now())
    throw error
  }
}
