import { afterEach, describe } from '@jest/globals'
import type { Store } from '../../src/store/store.js'
import { actsContract } from './store-acts.js'
import { clockContract } from './store-clock.js'
import { inboxContract } from './store-inbox.js'
import { leasesNeverLose } from './store-interleavings.js'
import { ledgerContract } from './store-ledger.js'
import { movesContract } from './store-moves.js'
import { pausesContract } from './store-pauses.js'
import { recordsContract } from './store-records.js'
import { spendingContract } from './store-spending.js'
import { subjectsContract } from './store-subjects.js'
import type { OpenEmpty } from './store-world.js'

/**
 * Everything that an engine must keep to, whichever it is. `openEmpty` gives a store of its own each time; `runs`: how
 * many random orders of events are tried.
 */
export const storeContract = (engine: string, openEmpty: OpenEmpty, runs = 100): void => {
  const opened: Store[] = []
  const open: OpenEmpty = async (options) => {
    const store = await openEmpty(options)
    opened.push(store)
    return store
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()))
  })
  describe(`the store on ${engine}`, () => {
    describe('inbox', () => inboxContract(open))
    describe('subjects', () => subjectsContract(open))
    describe('a clock that was ahead', () => clockContract(open))
    describe('a repository that moves', () => movesContract(open))
    describe('pauses', () => pausesContract(open))
    describe('interleavings', () => leasesNeverLose(open, runs))
    describe('records', () => recordsContract(open))
    describe('acts', () => actsContract(open))
    describe('overrides that are spent', () => spendingContract(open))
    describe('ledger', () => ledgerContract(open))
  })
}
