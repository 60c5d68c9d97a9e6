import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { RawSituation } from '../../src/policy/scenario/schema.js'
import { anything, made, opens, type Made } from './properties-given.js'
import { TEAMS, type Raw } from './properties-subjects.js'

const SIGNERS = ['sue', 'sam', 'lena', 'dora']

const without = (login: string): RawSituation['teams'] => ({
  ...TEAMS,
  signers: SIGNERS.filter((each) => each !== login),
})

/** Who said no to something, anywhere in the facts: who leaves with their no may open what it held. */
const saidNo = ({ reviews = [], approvals = [], ships = [] }: Raw, login: string): boolean =>
  [...reviews, ...ships.flatMap(({ change }) => change?.reviews ?? [])].some(
    ({ by, state }) => by === login && state === 'changes_requested',
  ) || approvals.some(({ by, decision }) => by === login && decision === 'reject')

test('somebody who leaves a group that only approves, and who said no to nothing, never opens a gate', () => {
  fc.assert(
    fc.property(anything, fc.constantFrom(...SIGNERS), (each, login) => {
      fc.pre(!saidNo(each.raw, login) && JSON.stringify(each.list).includes('signers'))
      const after = opens(made(each, each.raw, without(login)))
      expect(opens(made(each)) || !after).toBe(true)
    }),
    { numRuns: 250 },
  )
})

test('a group that shrinks is never small enough for those who have approved', () => {
  const some = fc.subarray(SIGNERS, { minLength: 1 })
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 4 }), fc.constantFrom(...SIGNERS), (yes, count, login) => {
      const raw: Raw = { author: 'mallory', reviews: yes.map((by) => ({ by })) }
      const list = [{ rule: `{ approval: { from: signers, count: ${count} } }` }]
      const each: Made = { kind: 'merge', raw, list, more: [], freezes: [] }
      expect(opens(made(each))).toBe(yes.length >= count)
      expect(opens(made(each, raw, without(login)))).toBe(yes.filter((by) => by !== login).length >= count)
    }),
    { numRuns: 100 },
  )
})
