import type { Instant } from '../policy/facts.js'
import { MINUTE, type Gatekeeper } from './gatekeeper.js'
import { Unreadable, type Inbox } from './ports.js'

/** Where deliveries go, and whether one is there, waiting or done; one that was given up on may come again. */
export interface MissedInbox extends Pick<Inbox, 'accept'> {
  knows(guid: string): Promise<boolean>
}

/** GitHub may list a failure only a while after it sent the delivery, in milliseconds. */
const OVERLAP = 15 * MINUTE

/**
 * Asks GitHub for deliveries that it could not hand over, and takes them in as if they had come: each GUID once, however
 * often GitHub goes on calling it failed, also where it had come and only our answer was lost. Asks back to `horizon` at
 * first, later only for what is new; a delivery that GitHub does not show holds up no other, and is asked for again.
 */
export const missedDeliveries = ({ github, clock, log }: Gatekeeper, inbox: MissedInbox) => {
  const taken = new Set<string>()
  /** By GitHub's clock, which tells when a delivery was sent: ours may have been set meanwhile. */
  let complete: Instant | null = null

  const take = async (id: number, guid: string): Promise<boolean> => {
    if (taken.has(guid)) return false
    const isNew = !(await inbox.knows(guid))
    if (isNew) await inbox.accept({ ...(await github.deliveryBody(id)), receivedAt: clock.now() })
    taken.add(guid)
    return isNew
  }

  const takeAll = async (since: Instant): Promise<{ readonly count: number; readonly whole: boolean }> => {
    let count = 0
    let whole = true
    const failed = await github.failedDeliveries(since)
    for (const { id, guid } of failed) {
      try {
        if (await take(id, guid)) count += 1
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        log.warn({ delivery: guid, error: error.message }, 'a missed delivery could not be fetched yet')
        whole = false
        if (error.retryAt !== null) break // GitHub’s limits hold for all of them
      }
    }
    const listed = new Set(failed.map(({ guid }) => guid))
    for (const guid of taken) if (!listed.has(guid)) taken.delete(guid)
    return { count, whole }
  }

  return async (horizon: Instant): Promise<number> => {
    const began = clock.now()
    try {
      const { count, whole } = await takeAll(complete === null ? horizon : Math.max(horizon, complete - OVERLAP))
      if (whole) complete = began + (github.clockOffset() ?? 0)
      return count
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      log.warn({ error: error.message }, 'missed deliveries could not be listed; the next look tries again')
      return 0
    }
  }
}
