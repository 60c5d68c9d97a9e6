import { z } from 'zod'
import type { Hint } from '../gatekeeper/subject.js'
import { installationId, repositoryId } from '../policy/facts.js'
import type { Reading } from './engine.js'

/** What an event has made old: facts by the beginning of their keys, in a repository or a whole installation. */
export type Old = Pick<Extract<Hint, { readonly kind: 'wake' }>, 'scope' | 'about'>

/** What has become old since it was asked last, in the order in which it took effect; nothing is told twice. */
export type News = () => Promise<readonly Old[]>

const positive = z.number().int().positive()
const old = z.object({
  scope: z.union([
    z.object({ repository: positive.transform(repositoryId) }),
    z.object({ installation: positive.transform(installationId) }),
  ]),
  about: z.array(z.string()),
})
const delivery = z.object({ old: z.array(old).default([]) })

/**
 * Reads on in the ledger's deliveries, from its present end. They have no gaps and follow the order of commits, and stand
 * there in the transaction that wakes the subjects: whoever has leased one of these finds its news.
 */
export const newsFrom = async (db: Reading): Promise<News> => {
  const head = await db.selectFrom('ledger_head').select('sequence').where('id', '=', 1).executeTakeFirst()
  let seen = head?.sequence ?? 0
  return async () => {
    const rows = await db
      .selectFrom('ledger')
      .select(['sequence', 'body'])
      .where('sequence', '>', seen)
      .where('kind', '=', 'delivery')
      .orderBy('sequence')
      .execute()
    seen = rows.at(-1)?.sequence ?? seen
    return rows.flatMap(({ body }) => delivery.parse(JSON.parse(body)).old)
  }
}
