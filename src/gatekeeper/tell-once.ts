import type { Gatekeeper } from './gatekeeper.js'
import type { Intent, Lease } from './ports.js'
import { isRefusal } from './refusal.js'

/**
 * Says something to GitHub, once, with the intent on disk before and the outcome after. One whose fate is not known (a
 * time-out, a lost reply) stays open: the next look asks GitHub before it says anything again. `byOverride`: it rests on
 * overrides, which are spent before it is said, and come back only where GitHub refuses.
 * @returns false when nothing was said: the lease was lost, or somebody else has used the overrides.
 */
export const tellOnce = async (
  { records, subjects, clock, log }: Gatekeeper,
  lease: Lease,
  { byOverride, ...intent }: Intent & { readonly byOverride: boolean },
  say: () => Promise<void>,
): Promise<boolean> => {
  if (!(await subjects.holds(lease, clock.now()))) return false
  const id = await (byOverride ? records.intendByOverride(intent, clock.now()) : records.intend(intent, clock.now()))
  if (id === null) {
    log.info({ subject: lease.key }, 'the overrides that this rested on were used meanwhile')
    return false
  }
  try {
    await say()
    await records.settle(id, { ok: true, detail: {} }, clock.now())
    return true
  } catch (error) {
    if (!isRefusal(error)) throw error
    const { status, reason } = error
    await records.settle(id, { ok: false, refused: true, detail: { status, reason } }, clock.now())
    throw error
  }
}
