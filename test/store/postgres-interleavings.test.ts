import type { Subjects } from '../../src/gatekeeper/ports.js'
import { openStore } from '../../src/store/store.js'
import { leasesNeverLose } from '../contracts/store-interleavings.js'
import { emptyStores } from '../postgres/empty.js'

/** Each call goes to the next of them, as requests and workers of two instances would. */
const inTurn = (all: readonly [Subjects, Subjects]): Subjects => {
  let calls = 0
  return new Proxy(all[0], {
    get(_, name: keyof Subjects) {
      return (...given: readonly unknown[]): unknown => {
        const subjects = all[calls++ % 2 === 0 ? 0 : 1]
        return (subjects[name] as (...given: readonly unknown[]) => unknown).apply(subjects, [...given])
      }
    },
  })
}

const empty = emptyStores()

leasesNeverLose(async (options) => {
  const first = await empty(options)
  const databaseUrl = await empty.url()
  const second = await openStore({ dataDir: 'nowhere', databaseUrl, ...options })
  return {
    ...first,
    subjects: inTurn([first.subjects, second.subjects]),
    close: async () => {
      await first.close()
      await second.close()
    },
  }
}, 15)
