import type { Logger } from './gatekeeper/ports.js'

export interface Repeating {
  /** No further round begins; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/** Runs a task now and then again and again, `pause` milliseconds after the last round ended. A failed round is logged. */
export const every = (pause: number, task: () => Promise<void>, log: Logger): Repeating => {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const round = async (): Promise<void> => {
    try {
      await task()
    } catch (error) {
      log.error({ error }, 'a round of looking around failed; the next one tries again')
    }
    if (stopped) return
    timer = setTimeout(() => {
      running = round()
    }, pause)
    timer.unref()
  }
  let running = round()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

/** One after the other, each whatever became of those before. @throws {Error} what went wrong, at the end. */
export const each = async (...steps: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const errors: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => errors.push(error))
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('; '))
}
