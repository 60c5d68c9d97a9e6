import { Stopped } from './errors.js'

/** Calls under way, so that all of them can be given up at once. */
export interface Ending {
  /**
   * What the call comes to, or, once the end has come, {@link Stopped}: the call is then not made, or not waited for any
   * more. What became of it nobody knows, as with a time-out.
   */
  until<T>(call: () => Promise<T>): Promise<T>
  /** From now on no call is made or waited for. */
  come(): void
}

export const createEnding = (): Ending => {
  const underWay = new Set<(error: Stopped) => void>()
  let hasCome = false
  return {
    until: (call) =>
      new Promise((resolve, reject) => {
        if (hasCome) return reject(new Stopped())
        underWay.add(reject)
        call()
          .then(resolve, reject)
          .finally(() => underWay.delete(reject))
      }),
    come() {
      hasCome = true
      for (const reject of underWay) reject(new Stopped())
      underWay.clear()
    },
  }
}
