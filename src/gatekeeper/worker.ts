import type { Duration, Instant } from '../policy/facts.js'
import { carriedBy, followed, logWith } from './following.js'
import { evaluate } from './evaluate.js'
import { MINUTE, SECOND, type Gatekeeper } from './gatekeeper.js'
import { LeaseLost, Unreadable, type Judged, type Lease, type Logger } from './ports.js'
import type { Subject } from './subject.js'

export interface WorkerOptions {
  /** Names this process's leases. */
  readonly owner: string
  /** Lanes judged at once. */
  readonly concurrency: number
  /** Of these, for one installation; all of them where absent. */
  readonly each?: number
  /** Hears of every look that ended; false: it failed, and is made again. */
  readonly looked?: (lease: Lease, isJudged: boolean) => void
  /** How long a lease lives without renewal; a minute where absent. It is renewed three times in that time. */
  readonly lifetime?: (kind: Subject['kind']) => Duration
  /** Runs between leasing and looking: what other instances know to be old is forgotten here before it is used. */
  readonly beforeLook?: () => Promise<void>
  /** The records for one look: refused once its lease was taken over. */
  readonly recordsUnder?: (lease: Lease) => Gatekeeper['records']
}

const RENEWALS = 3
const LONGEST_BACKOFF = 5 * MINUTE
/** Timers cannot be trusted over long spans (suspended machines, changed clocks): look at least this often. */
const LONGEST_SLEEP = SECOND
/** A clock that is put right by less than this does no harm. */
const SETBACK = 10 * SECOND
/** What is due and cannot be had, for another instance is taking it, is asked for no more often than this. */
const SHORTEST_SLEEP = 50

/** Doubling from one second; what GitHub asked for wins. */
export const retryAt = (error: unknown, attempts: number, now: number): number => {
  const backoff = now + Math.min(LONGEST_BACKOFF, SECOND * 2 ** Math.min(attempts, 12))
  return error instanceof Unreadable && error.retryAt !== null ? Math.max(backoff, error.retryAt) : backoff
}

/** Leases lanes with something due and looks at them, several at once, never one lane twice. */
export class Worker {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined
  private shortening: Promise<void> | undefined
  private again = false
  private stopped = true
  /** From the first word of a stop on: a look that fails now is handed back, not counted. */
  private stopping = false
  private wakeRound: (() => void) | undefined
  /** What the clock showed last. */
  private latest: Instant | null = null
  private readonly inFlight = new Set<Promise<void>>()

  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly options: WorkerOptions,
    /** Runs before every round: what arrived is turned into touched subjects first. */
    private readonly drain: () => Promise<number>,
  ) {}

  start(): void {
    this.stopped = false
    this.nudge()
  }

  /** Something may be due now. Cheap, and safe to call at any time. */
  nudge(): void {
    if (this.stopped) return
    this.again = true
    this.wakeRound?.()
    this.running ??= this.loop().finally(() => {
      this.running = undefined
      if (this.again) this.nudge()
      else this.sleep()
    })
  }

  /** Judges until nothing is due at this instant; for tests and a quiet stop. */
  async untilIdle(): Promise<void> {
    while ((await this.round()) > 0);
  }

  /**
   * Finishes what is under way and hands everything else back. It takes as long as the slowest look: whoever cannot wait
   * lets GitHub's answers fail meanwhile, and those looks are handed back too.
   */
  async stop(): Promise<void> {
    this.stopped = true
    this.stopping = true
    this.again = false
    clearTimeout(this.timer)
    this.wakeRound?.()
    await this.running
    await this.shortening
    await Promise.allSettled([...this.inFlight])
    await this.gatekeeper.subjects.handBack(this.options.owner)
  }

  private sleep(): void {
    this.wakeIn(LONGEST_SLEEP)
    this.shortening ??= this.shorten().finally(() => (this.shortening = undefined))
  }

  private wakeIn(milliseconds: Duration): void {
    if (this.stopped || this.running) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.nudge(), milliseconds)
    this.timer.unref()
  }

  /** No longer than until the next one falls due. */
  private async shorten(): Promise<void> {
    const { subjects, clock, log } = this.gatekeeper
    try {
      const now = clock.now()
      const due = await subjects.nextDue(now)
      if (due !== null && due < now + LONGEST_SLEEP) this.wakeIn(Math.max(SHORTEST_SLEEP, due - now))
    } catch (error) {
      log.warn({ error }, 'what falls due next could not be read; looking again in a second')
    }
  }

  private async loop(): Promise<void> {
    do {
      this.again = false
      try {
        while (!this.stopped && (await this.round()) > 0);
      } catch (error) {
        this.gatekeeper.log.error({ error }, 'the worker could not take work; trying again')
        return
      }
    } while (this.again && !this.stopped)
  }

  private async round(): Promise<number> {
    const { subjects, clock } = this.gatekeeper
    await this.noticeSetback()
    const drained = await this.drain()
    const { owner, concurrency, each = concurrency } = this.options
    const free = concurrency - this.inFlight.size
    const leases = free > 0 ? await subjects.lease(owner, clock.now(), free, (kind) => this.lifetime(kind), each) : []
    for (const lease of leases) void this.track(this.look(lease))
    // A look that ends frees its lane for what waited behind it, so that another round is due even where none is left.
    const looking = this.inFlight.size
    if (looking > 0) await this.somethingHappens()
    return drained + looking
  }

  private async noticeSetback(): Promise<void> {
    const { subjects, clock, log } = this.gatekeeper
    const now = clock.now()
    const before = this.latest
    if (before !== null && before - now > SETBACK) {
      log.warn({ from: before, to: now }, 'the clock went back; what waits for a time is brought back with it')
      await subjects.clockWentBack(before, now)
    }
    this.latest = now
  }

  /** Until a look ends or, lest a slow one hold up what comes in or falls due meanwhile, there may be more to do. */
  private async somethingHappens(): Promise<void> {
    if (this.stopped) return void (await Promise.race(this.inFlight))
    if (this.again) return void (this.again = false)
    let patience: NodeJS.Timeout | undefined
    const woken = new Promise<void>((resolve) => {
      this.wakeRound = resolve
      patience = setTimeout(resolve, LONGEST_SLEEP)
    })
    await Promise.race([...this.inFlight, woken])
    clearTimeout(patience)
    this.wakeRound = undefined
  }

  private track(look: Promise<void>): Promise<void> {
    const tracked: Promise<void> = look.finally(() => this.inFlight.delete(tracked))
    this.inFlight.add(tracked)
    return tracked
  }

  private lifetime(kind: Subject['kind']): Duration {
    return this.options.lifetime?.(kind) ?? MINUTE
  }

  private async look(lease: Lease): Promise<void> {
    const { subjects, clock } = this.gatekeeper
    const log = this.logOf(lease)
    const lifetime = this.lifetime(lease.subject.kind)
    const renewal = setInterval(() => {
      subjects
        .renew(lease, clock.now(), lifetime)
        .catch((error: unknown) => log.warn({ error }, 'a lease could not be renewed'))
    }, lifetime / RENEWALS)
    renewal.unref()
    try {
      const judged = await this.evaluated(lease)
      await subjects.judged(lease, judged, clock.now())
      log.info({ lookAgainAt: judged.lookAgainAt, finished: judged.finished }, 'a look ended')
      this.options.looked?.(lease, true)
    } catch (error) {
      await this.failed(lease, error)
      this.options.looked?.(lease, false)
    } finally {
      clearInterval(renewal)
    }
  }

  private async evaluated(lease: Lease): Promise<Judged> {
    await this.options.beforeLook?.()
    const log = this.logOf(lease)
    const records = followed(this.options.recordsUnder?.(lease) ?? this.gatekeeper.records, log)
    return evaluate({ ...this.gatekeeper, records, log }, lease)
  }

  private logOf(lease: Lease): Logger {
    return logWith(this.gatekeeper.log, carriedBy(lease))
  }

  /** Where even this cannot be written down, the lease runs out, and somebody looks again. */
  private async failed(lease: Lease, error: unknown): Promise<void> {
    const { subjects, clock } = this.gatekeeper
    const log = this.logOf(lease)
    if (error instanceof LeaseLost) return log.warn({}, 'its lease was taken over during a look')
    if (this.stopping && error instanceof Unreadable)
      return log.info({}, 'a look was cut short by the stop; it is handed back')
    const at = retryAt(error, lease.attempts, clock.now())
    const level = error instanceof Unreadable ? 'warn' : 'error'
    const about = { attempts: lease.attempts }
    log[level]({ ...about, retryAt: at, error }, 'a look at a subject failed; looking again')
    try {
      await subjects.failed(lease, error instanceof Error ? error.message : String(error), at, clock.now())
    } catch (failure) {
      log.error({ ...about, error: failure }, 'the failure could not be written down; its lease has to run out')
    }
  }
}
