import { z } from 'zod'
import type { Clock, Delivery } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'
import { unreadable } from './errors.js'
import type { Api } from './api.js'
import { filled, instant, positive, whole } from './shapes.js'

const row = z.object({
  id: positive,
  guid: filled,
  event: filled,
  delivered_at: instant,
  status_code: whole,
})
type Row = z.infer<typeof row>

export interface FailedDelivery {
  readonly id: number
  readonly guid: string
  readonly event: string
  readonly deliveredAt: Instant
}

/** After a long outage the newest so many are fetched; what older ones had told, a look around finds for the most part. */
const MOST_FAILED = 100_000

const arrived = ({ status_code: status }: Row): boolean => status >= 200 && status < 300

/**
 * Deliveries since an instant of which no attempt arrived, as far as the list of failures tells; one GUID may have several
 * attempts, and an attempt that arrived is not on it.
 */
export const failedSince = async (api: Api, since: Instant): Promise<readonly FailedDelivery[]> => {
  const rows = await api.recent(
    'failed deliveries',
    'GET /app/hook/deliveries',
    { status: 'failure' },
    row,
    (page) => page.some(({ delivered_at: at }) => at < since),
    MOST_FAILED,
  )
  const byGuid = new Map<string, Row[]>()
  for (const one of rows) if (one.delivered_at >= since) byGuid.set(one.guid, [...(byGuid.get(one.guid) ?? []), one])
  return [...byGuid.values()].flatMap((attempts) => {
    const [first] = attempts
    if (!first || attempts.some(arrived)) return []
    const newest = attempts.reduce((best, one) => (one.id > best.id ? one : best), first)
    return [{ id: newest.id, guid: newest.guid, event: newest.event, deliveredAt: newest.delivered_at }]
  })
}

const full = z.object({
  id: positive,
  guid: filled,
  event: filled,
  request: z.object({ payload: z.unknown() }),
})

/** What GitHub had sent, believed because the app's own key asked for it. */
export const deliveryBody = async (api: Api, id: number, clock: Clock): Promise<Delivery> => {
  const what = `delivery ${id}`
  const found = await api.get(what, 'GET /app/hook/deliveries/{delivery_id}', { delivery_id: id }, full)
  const { payload } = found.request
  if (typeof payload !== 'string' && (typeof payload !== 'object' || payload === null))
    throw unreadable(what, 'GitHub shows no payload')
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return { guid: found.guid, event: found.event, body, receivedAt: clock.now() }
}
