import { createHash } from 'node:crypto'
import { SECOND, type Gatekeeper } from './gatekeeper.js'
import type { CheckToPost, Lease, PostedCheck, Records, Repository } from './ports.js'
import { isRefusal } from './refusal.js'

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

const asShown = ({ id, externalId, status }: PostedCheck) => ({
  id,
  digest: externalId,
  completed: status === 'completed',
  intact: true,
})

type Doubt = Awaited<ReturnType<Records['doubtfulChecks']>>[number]

/** No call lasts so long: what GitHub does not show by then it never got. */
const UNDER_WAY = 30 * SECOND

/** Puts on record what became of a call, where GitHub shows it by now; false: it may still come. */
const isResolved = async ({ records, clock }: Gatekeeper, doubt: Doubt, seen: PostedCheck | null): Promise<boolean> => {
  const wasSaid = seen?.externalId === doubt.digest
  if (!wasSaid && clock.now() - doubt.at < UNDER_WAY) return false
  const outcome = wasSaid ? { ok: true, detail: { id: seen.id } } : { ok: false, detail: { seen: false } }
  await records.settle(doubt.intent, outcome, clock.now())
  return true
}

/**
 * What stands at GitHub where the fate of our last word is not known: what it shows. Where a word that ends the run may
 * still come, the run counts as ended, so that what is said now gets a run of its own.
 */
const standingInDoubt = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  { name, sha }: CheckContent,
  digest: string,
  doubts: readonly Doubt[],
): Promise<Standing | null> => {
  const seen = await repository.newestCheck(sha, name)
  let mayEnd = false
  for (const doubt of doubts)
    if (!(await isResolved(gatekeeper, doubt, seen))) mayEnd ||= doubt.completed && doubt.digest !== digest
  if (seen === null) return null
  return mayEnd ? { ...asShown(seen), completed: true, intact: false, at: null } : { ...asShown(seen), at: null }
}

/** What stands at GitHub: our record of what we said, held against what GitHub shows. */
const standing = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  content: CheckContent,
  digest: string,
  shown: PostedCheck | null,
): Promise<Standing | null> => {
  const about = [repository.address.id, content.sha, content.name] as const
  const doubts = await gatekeeper.records.doubtfulChecks(...about)
  if (doubts.length > 0) return standingInDoubt(gatekeeper, repository, content, digest, doubts)
  const last = await gatekeeper.records.lastCheck(...about)
  if (last === null) return shown && { ...asShown(shown), at: null }
  if (shown !== null && last.id !== null && shown.id > last.id) return { ...asShown(shown), at: last.at }
  const isSame = shown !== null && shown.id === last.id
  const endedElsewhere = isSame && shown.status === 'completed' && !last.completed
  const changedByGitHub = isSame && shown.conclusion === 'stale'
  return {
    id: last.id,
    digest: last.digest,
    completed: last.completed || endedElsewhere,
    intact: !changedByGitHub && !endedElsewhere,
    at: last.at,
  }
}

/**
 * Shows a check run, only if it says something else than what stands there and the lease still holds. A completed run is
 * final on GitHub, so a gate closes again (and opens again) by a new run of the same name; an open one is changed in
 * place. An open one older than `staleAfter` is posted anew before GitHub calls it stale.
 * @returns whether GitHub was told something.
 * @throws {Unreadable} when GitHub did not take it; where it refused, that is on record then, and else it stays open: the
 * next look asks GitHub before it says anything again.
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
  const there = await standing(gatekeeper, repository, content, digest, shown)
  const completed = content.conclusion !== null
  const tired = there !== null && !there.completed && there.at !== null && clock.now() - there.at >= staleAfter
  if (there !== null && there.digest === digest && there.completed === completed && there.intact && !tired) return false
  if (!(await subjects.holds(lease, clock.now()))) return false
  const open = there === null || there.completed || tired ? null : there.id
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
    const said = { ...check, externalId: digest }
    const isUpdated = open !== null && (await repository.updateCheck(open, said))
    const id = isUpdated ? open : await repository.postCheck(said)
    await records.settle(intent, { ok: true, detail: { id } }, clock.now())
    return true
  } catch (error) {
    if (isRefusal(error)) await records.settle(intent, { ok: false, detail: { error: String(error) } }, clock.now())
    throw error
  }
}
