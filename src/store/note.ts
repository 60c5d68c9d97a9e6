import type { Writing } from './engine.js'
import type { Kept } from './journal/frame.js'

/** What the table says of a delivery. */
export interface Noted {
  readonly state: 'done' | 'waiting' | 'dead'
  /** Empty where nobody needs it any more. */
  readonly body: string
  readonly attempts: number
  readonly retry_at: number
  readonly error: string | null
}

/**
 * Takes a delivery from the journal into the table, where one writer at a time is at work.
 * @returns false: the table knows it already, and nothing changed.
 */
export const note = async (
  writing: Writing,
  { guid, event, digest, receivedAt }: Omit<Kept, 'body'>,
  noted: Noted,
): Promise<boolean> => {
  const known = await writing
    .selectFrom('deliveries')
    .select('row')
    .where((eb) => eb.and({ guid, event, digest }))
    .where('state', '<>', 'dead')
    .limit(1)
    .executeTakeFirst()
  if (known !== undefined) return false
  await writing
    .insertInto('deliveries')
    .values({ guid, event, digest, received_at: receivedAt, ...noted })
    .execute()
  return true
}

/** As deliveries that wait for their first turn. */
export const noteWaiting = async (writing: Writing, kept: readonly Kept[]): Promise<void> => {
  for (const each of kept)
    await note(writing, each, { state: 'waiting', body: each.body, attempts: 0, retry_at: 0, error: null })
}
