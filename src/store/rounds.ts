import type { Duration, Instant } from '../policy/facts.js'
import type { Engine } from './engine.js'

/** Compare and set: of many that ask, the first one after the pause does it. */
export const roundOf =
  ({ write }: Engine) =>
  (name: string, now: Instant, pause: Duration): Promise<boolean> =>
    write(async (writing) => {
      const taken = await writing
        .insertInto('rounds')
        .values({ name, at: now })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ at: now })
            // Ahead by more than a pause: the clock went back since.
            .where((eb) => eb.or([eb('rounds.at', '<=', now - pause), eb('rounds.at', '>', now + pause)])),
        )
        .returning('name')
        .executeTakeFirst()
      return taken !== undefined
    })
