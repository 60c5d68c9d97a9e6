import type { Delivery, Logger } from '../../gatekeeper/ports.js'
import type { Instant } from '../../policy/facts.js'
import { DiskFailed } from '../errors.js'
import { refuseNulIn } from '../no-nul.js'
import { NAME, nameOf } from './folder.js'
import { frameOf, type Frame, type Kept } from './frame.js'
import type { Medium } from './medium.js'
import { Piece } from './piece.js'

/** Bytes of a file, after which the next one is begun. */
const FULL = 64 * 2 ** 20
/** Bytes of deliveries that are kept in memory as well, so that what is soon handled is not read again. */
const AT_HAND = 2 ** 20
/** When all is taken, a file of so many bytes, or whose first delivery came so many milliseconds ago, is let go at once. */
const WORTH_A_NEW_FILE = 2 ** 20
const OLD = 60_000

/** A delivery that nobody took yet. */
export interface Entry extends Kept {
  readonly piece: Piece
}

type Outcome = Error | null

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const framed = (delivery: Delivery): Frame | Error => {
  try {
    refuseNulIn(delivery)
    return frameOf(delivery)
  } catch (error) {
    return asError(error)
  }
}

/**
 * What came in and was not taken into the tables yet, in the order in which it came. A delivery is written once, at the
 * end of a file, and is durable before anybody is told. A file is let go when all its deliveries were taken.
 */
export class Journal {
  readonly #medium: Medium
  readonly #log: Logger | undefined
  #pieces: Piece[] = []
  #current: Piece | null = null
  #number = 0
  #atHand: Entry[] = []
  #bytesAtHand = 0
  #failed: DiskFailed | null = null

  private constructor(medium: Medium, log: Logger | undefined) {
    this.#medium = medium
    this.#log = log
  }

  /** Finds what the last server left. What it had written halfway, it had told nobody about. */
  static async open(medium: Medium, log?: Logger): Promise<Journal> {
    const journal = new Journal(medium, log)
    for (const name of (await medium.names()).filter((each) => NAME.test(each))) {
      journal.#number = Number.parseInt(name, 10)
      const { piece, torn } = await Piece.found(name, await medium.open(name))
      if (torn > 0) log?.warn({ journal: name, bytes: torn }, 'deliveries that were written halfway are left out')
      journal.#pieces.push(piece)
    }
    await journal.#letGo()
    return journal
  }

  /** Why nothing can be made durable any more; `null`: it can. */
  get failed(): DiskFailed | null {
    return this.#failed
  }

  /** How many were not taken yet. */
  get left(): number {
    return this.#pieces.reduce((sum, { left }) => sum + left, 0)
  }

  /** What is in memory of what was not taken yet: the oldest ones. */
  get atHand(): readonly Entry[] {
    return this.#atHand
  }

  /** Makes all durable with one wait for the disk: one answer each, in the same order, `null` for stored. Never rejects. */
  async store(deliveries: readonly Delivery[]): Promise<readonly Outcome[]> {
    const frames = deliveries.map(framed)
    const good = frames.filter((each): each is Frame => !(each instanceof Error))
    const problem = good.length === 0 ? null : await this.#append(good)
    return frames.map((each) => (each instanceof Error ? each : problem))
  }

  /** Those that came first, at most so many; the same ones until they are taken. */
  async next(limit: number): Promise<readonly Entry[]> {
    while (this.#atHand.length < limit && (await this.#readOn()));
    return this.#atHand.slice(0, limit)
  }

  /** The tables have them now, durably. */
  async taken(entries: readonly Entry[], now: Instant): Promise<void> {
    const gone = new Set(entries)
    this.#atHand = this.#atHand.filter((entry) => !gone.has(entry))
    for (const { piece, body } of gone) {
      piece.left -= 1
      this.#bytesAtHand -= body.length
    }
    await this.#letGo((current) => current.end >= WORTH_A_NEW_FILE || current.since < now - OLD)
  }

  /** Lets go of what is still on the disk although all of it was taken. */
  tidy(): Promise<void> {
    return this.#letGo(() => true)
  }

  async close(): Promise<void> {
    await this.tidy()
    for (const piece of this.#pieces) await piece.close()
  }

  async #append(frames: readonly Frame[]): Promise<Outcome> {
    if (this.#failed !== null) return this.#failed
    const piece = this.#toWriteTo(frames)
    try {
      await piece.append(frames, (grow) => {
        const isNext = this.#bytesAtHand < AT_HAND && this.#pieces.every(({ isRead }) => isRead)
        grow()
        if (isNext) this.#hand(piece, frames)
      })
    } catch (error) {
      // How much of it was written is not known: what follows goes into another file.
      if (this.#current === piece) this.#current = null
      if (error instanceof DiskFailed) this.#failed = error
      return asError(error)
    }
    return null
  }

  #toWriteTo([first]: readonly Frame[]): Piece {
    if (this.#current !== null && this.#current.end < FULL) return this.#current
    this.#number += 1
    const name = nameOf(this.#number)
    this.#current = new Piece(name, this.#medium.create(name), first?.receivedAt ?? 0)
    this.#pieces.push(this.#current)
    return this.#current
  }

  #hand(piece: Piece, frames: readonly Frame[]): void {
    piece.skip()
    this.#keepAtHand(
      piece,
      frames.map(({ kept }) => kept()),
    )
  }

  #keepAtHand(piece: Piece, kept: readonly Kept[]): void {
    for (const each of kept) {
      this.#atHand.push({ ...each, piece })
      this.#bytesAtHand += each.body.length
    }
  }

  /** @returns whether there was something to read. */
  async #readOn(): Promise<boolean> {
    const piece = this.#pieces.find(({ isRead }) => !isRead)
    if (piece === undefined) return false
    const kept = await piece.readOn()
    const about = { journal: piece.name }
    if (kept === null) this.#log?.error(about, 'deliveries that were accepted cannot be read from the disk any more')
    else this.#keepAtHand(piece, kept)
    return true
  }

  /** Every file of which nothing is left; the one that is written to only where `also` says so. */
  async #letGo(also: (current: Piece) => boolean = () => false): Promise<void> {
    const isEmpty = (piece: Piece): boolean => piece.left === 0 && !piece.isWriting
    if (this.#current !== null && isEmpty(this.#current) && also(this.#current)) this.#current = null
    const empty = this.#pieces.filter((piece) => isEmpty(piece) && piece !== this.#current)
    this.#pieces = this.#pieces.filter((piece) => !empty.includes(piece))
    for (const piece of empty)
      await piece.remove().catch((error: unknown) => {
        this.#log?.warn({ journal: piece.name, error }, 'a file that is not needed any more could not be removed')
      })
  }
}
