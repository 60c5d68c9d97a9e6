import type { Instant } from '../policy/facts.js'
import { MINUTE, type Gatekeeper } from './gatekeeper.js'
import { Unreadable, type Repository, type StoredIntent } from './ports.js'
import { isAllowed } from './allowed.js'
import { answerFate, NOT_TOLD } from './answer-fate.js'
import { keyOf, type Hint, type RepositoryAddress } from './subject.js'

/** Whether GitHub shows what an intent meant to say; `null`: GitHub has no way to tell. */
const wasSaid = async (
  repository: Repository,
  intent: StoredIntent,
  now: Instant,
): Promise<{ readonly said: boolean; readonly id?: number } | null> => {
  switch (intent.what) {
    case 'check': {
      if (intent.sha === null) return null
      const shown = await repository.newestCheck(intent.sha, intent.target)
      return shown !== null && shown.externalId === intent.body['digest']
        ? { said: true, id: shown.id }
        : { said: false }
    }
    case 'approve':
    case 'reject':
    case 'status':
      return answerFate(repository, intent, now)
    case 'report':
    case 'reply':
    case 'cancel':
      return null
  }
}

/** A reply is said by its own subject, which asks GitHub first; false: that one is through with it. */
const isOwed = async (
  { subjects, clock }: Gatekeeper,
  { subject: key }: StoredIntent,
  { installation }: RepositoryAddress,
): Promise<boolean> => {
  const subject = (await subjects.inLane(key)).find((one) => keyOf(one) === key)
  if (subject === undefined) return false
  await subjects.hint([{ kind: 'touch', subject, installation }], clock.now())
  return true
}

/** No call lasts so long: an intent that is still open after this is nobody's any more. */
const FORSAKEN = 2 * MINUTE

/**
 * Intents without an outcome are settled by asking GitHub what it has; what was not said is judged afresh. Those of
 * calls that may still be under way are left alone: `leftOver` are the ones that an earlier process left behind.
 */
export const settleOpenIntents = async (gatekeeper: Gatekeeper, leftOver: ReadonlySet<number>): Promise<number> => {
  const { records, subjects, github, clock, log } = gatekeeper
  const open = (await records.unsettled()).filter(({ id, at }) => leftOver.has(id) || clock.now() - at >= FORSAKEN)
  for (const intent of open) {
    const address = await subjects.address(intent.repository)
    if (address === null) {
      await records.settle(intent.id, { ok: false, detail: { reason: 'the repository is gone' } }, clock.now())
      continue
    }
    if (!isAllowed(gatekeeper.settings, address.owner)) continue // it stays open: nobody may ask what became of it
    if (intent.what === 'reply' && (await isOwed(gatekeeper, intent, address))) continue
    try {
      const found = await wasSaid(await github.repository(address), intent, clock.now())
      const detail =
        found === null ? NOT_TOLD : { seen: found.said, ...(found.id === undefined ? {} : { id: found.id }) }
      await records.settle(intent.id, { ok: found?.said ?? false, detail }, clock.now())
      await subjects.hint(retouch(intent, address), clock.now())
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      log.warn({ intent: intent.id, error: error.message }, 'an open intent could not be settled yet')
    }
  }
  return open.length
}

/** Judges the intent's subject again, where its key says enough to name it. */
const retouch = (intent: StoredIntent, { installation }: RepositoryAddress): readonly Hint[] => {
  const { repository, run, target } = intent
  if ((intent.what === 'approve' || intent.what === 'reject') && run !== null && run > 0) {
    const subject = { kind: 'deployment', repository, environment: target, run } as const
    return keyOf(subject) === intent.subject ? [{ kind: 'touch', subject, installation }] : []
  }
  const api = /^api_deployment\/\d+\/(\d+)\/(.*)$/s.exec(intent.subject)
  if (api) {
    const [, deployment, environment = ''] = api
    const subject = { kind: 'api_deployment', repository, environment, deployment: Number(deployment) } as const
    return [{ kind: 'touch', subject, installation }]
  }
  const change = /^change\/\d+\/(\d+)$/.exec(intent.subject)
  return change
    ? [{ kind: 'touch', subject: { kind: 'change', repository, number: Number(change[1]) }, installation }]
    : []
}
