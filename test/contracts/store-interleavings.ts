import { test } from '@jest/globals'
import fc from 'fast-check'
import type { Lease } from '../../src/gatekeeper/ports.js'
import type { Hint } from '../../src/gatekeeper/subject.js'
import type { Store } from '../../src/store/store.js'
import { aChange, aLook, MINUTE, NOW, SHOP, touch, type OpenEmpty } from './store-world.js'

const SHAS = ['c'.repeat(40), 'd'.repeat(40)] as const
const number = fc.integer({ min: 1, max: 3 })
const sha = fc.constantFrom(...SHAS)
/** More events at once than a look follows one by one. */
const FLOOD = 40
const pick = fc.nat({ max: 5 })

type Step =
  | { readonly do: 'touch'; readonly number: number; readonly sha: string | undefined }
  | { readonly do: 'later'; readonly number: number; readonly after: number }
  | { readonly do: 'wake' }
  | { readonly do: 'flood'; readonly number: number }
  | { readonly do: 'lease'; readonly limit: number }
  | {
      readonly do: 'judged'
      readonly pick: number
      readonly sha: string
      readonly finished: boolean
      readonly after: number | null
    }
  | { readonly do: 'failed' | 'renew'; readonly pick: number }
  | { readonly do: 'hand back' }
  | { readonly do: 'pass'; readonly time: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('touch' as const), number, sha: fc.option(sha, { nil: undefined }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('later' as const), number, after: fc.nat({ max: 2 * MINUTE }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wake' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('flood' as const), number }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('lease' as const), limit: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('judged' as const),
      pick,
      sha,
      finished: fc.boolean(),
      after: fc.option(fc.nat({ max: 2 * MINUTE })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('failed' as const, 'renew' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hand back' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), time: fc.nat({ max: 2 * MINUTE }) }) },
)

/** Takes steps and keeps book of what must not be lost: touches, by the moment from which a look answers them. */
class Run {
  now = NOW
  readonly leases: Lease[] = []
  /** Subject → when a look is due that has not happened since. */
  readonly owed = new Map<string, number>()
  readonly #at = new Map<Lease, { readonly taken: number; readonly owed: number | undefined }>()

  constructor(readonly store: Store) {}

  async take(step: Step): Promise<void> {
    const { subjects } = this.store
    switch (step.do) {
      case 'touch':
        this.#owe(`change/${SHOP}/${step.number}`, this.now)
        return subjects.hint([touch(aChange(step.number), step.sha === undefined ? {} : { sha: step.sha })], this.now)
      case 'later':
        this.#owe(`change/${SHOP}/${step.number}`, this.now + step.after)
        return subjects.hint([touch(aChange(step.number), { notBefore: this.now + step.after })], this.now)
      case 'flood':
        this.#owe(`change/${SHOP}/${step.number}`, this.now)
        return subjects.hint(Array<Hint>(FLOOD).fill(touch(aChange(step.number))), this.now)
      case 'wake':
        return subjects.hint([{ kind: 'wake', scope: { repository: SHOP }, about: ['change'] }], this.now)
      case 'lease':
        return this.lease(step.limit)
      case 'judged':
        return this.#judged(step)
      case 'failed':
        return this.#with(step.pick, (lease) => subjects.failed(lease, 'no', this.now, this.now))
      case 'renew':
        return this.#with(step.pick, async (lease) => void (await subjects.renew(lease, this.now, MINUTE)))
      case 'hand back':
        return subjects.handBack('worker')
      case 'pass':
        this.now += step.time
        return
    }
  }

  async lease(limit: number): Promise<void> {
    for (const lease of await this.store.subjects.lease('worker', this.now, limit, MINUTE)) {
      this.leases.push(lease)
      const owed = this.owed.get(lease.key)
      this.#at.set(lease, { taken: this.now, owed })
      if (owed !== undefined && owed <= this.now) this.owed.delete(lease.key)
    }
  }

  /** The leases that hold; a touch that a lost lease had taken on is owed again. */
  async held(): Promise<readonly Lease[]> {
    const holding: Lease[] = []
    for (const lease of this.leases) if (await this.store.subjects.holds(lease, this.now)) holding.push(lease)
    for (const lease of this.leases.filter((one) => !holding.includes(one))) this.#lost(lease)
    this.leases.splice(0, this.leases.length, ...holding)
    return holding
  }

  #owe(key: string, at: number): void {
    this.owed.set(key, Math.max(at, this.owed.get(key) ?? 0))
  }

  #lost(lease: Lease): void {
    const owed = this.#at.get(lease)?.owed
    if (owed !== undefined) this.#owe(lease.key, owed)
  }

  async #judged({ pick, sha, finished, after }: Extract<Step, { do: 'judged' }>): Promise<void> {
    await this.#with(pick, async (lease) => {
      const look = aLook({ sha, finished, lookAgainAt: after === null ? null : this.now + after })
      await this.store.subjects.judged(lease, look, this.now)
      this.leases.splice(this.leases.indexOf(lease), 1)
    })
  }

  async #with(pick: number, use: (lease: Lease) => Promise<void>): Promise<void> {
    const holding = await this.held()
    const lease = holding[pick % Math.max(1, holding.length)]
    if (lease !== undefined) await use(lease)
  }
}

const noLaneTwice = (leases: readonly Lease[]): void => {
  const lanes = leases.map(({ lane }) => lane)
  if (new Set(lanes).size !== lanes.length) throw new Error(`a lane is leased twice: ${lanes.join(', ')}`)
}

/** Lets all leases run out and judges until nothing is due; every touch must have been answered by then. */
const nothingLost = async (run: Run): Promise<void> => {
  run.now += 10 * MINUTE
  await run.held()
  for (let rounds = 0; rounds < 20; rounds++) {
    await run.lease(10)
    for (const lease of await run.held()) await run.store.subjects.judged(lease, aLook({ finished: true }), run.now)
    run.leases.length = 0
  }
  if (run.owed.size > 0) throw new Error(`touched, and never looked at since: ${[...run.owed.keys()].join(', ')}`)
}

/** Whatever comes in whatever order, no touch is lost and no lane is leased twice. */
export const leasesNeverLose = (open: OpenEmpty, numRuns: number): void => {
  test('no touch is lost and no lane is leased twice, in whatever order things happen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const run = new Run(await open({ attempts: 1_000_000 }))
        for (const one of steps) {
          await run.take(one)
          noLaneTwice(await run.held())
        }
        await nothingLost(run)
        await run.store.close()
      }),
      { numRuns },
    )
  }, 60_000)
}
