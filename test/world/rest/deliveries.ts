import { found } from '../http/problem.js'
import { list, ok, route } from '../http/route.js'
import { number } from './common.js'
import type { Delivery } from '../webhooks/delivery.js'
import type { Realm, Route } from '../http/route.js'

const itemView = (
  { platform }: Realm,
  { id, happening, guid, redelivery, deliveredAt, statusCode, body }: Delivery,
) => ({
  id,
  guid,
  delivered_at: platform.clock.iso(deliveredAt ?? platform.clock.now()),
  redelivery,
  duration: 0.1,
  status:
    statusCode >= 200 && statusCode < 300
      ? 'OK'
      : statusCode === 0
        ? 'failed to connect to host'
        : `Invalid HTTP Response: ${statusCode}`,
  status_code: statusCode,
  event: happening.event,
  action: happening.action === '' ? null : happening.action,
  installation_id: idAt(body['installation']),
  repository_id: idAt(body['repository']),
  throttled_at: null,
})

const idAt = (value: unknown): number | null =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number' ? value.id : null

/** What was sent to the app's webhook, newest first, and sending it again. */
export const deliveryRoutes: readonly Route[] = [
  route('GET /app/hook/config', 'jwt', ({ hub }) =>
    ok({ content_type: 'json', url: hub.target ?? '', insecure_ssl: '0', secret: '********' }),
  ),
  route('GET /app/hook/deliveries', 'jwt', (realm, { query }) => {
    const wanted = query['status']
    const failed = ({ statusCode }: Delivery) => statusCode < 200 || statusCode > 299
    const all = realm.hub.delivered.filter((one) => wanted === undefined || (wanted === 'failure') === failed(one))
    return list([...all].reverse().map((one) => itemView(realm, one)))
  }),
  route('GET /app/hook/deliveries/{delivery_id}', 'jwt', (realm, call) => {
    const delivery = found(realm.hub.delivered.find(({ id }) => id === number(call, 'delivery_id')))
    return ok({
      ...itemView(realm, delivery),
      url: realm.hub.target ?? '',
      request: { headers: delivery.headers, payload: delivery.body },
      response: { headers: null, payload: null },
    })
  }),
  route('POST /app/hook/deliveries/{delivery_id}/attempts', 'jwt', (realm, call) => {
    const delivery = found(realm.hub.delivered.find(({ id }) => id === number(call, 'delivery_id')))
    realm.hub.redeliver(delivery)
    return { status: 202, body: {} }
  }),
]
