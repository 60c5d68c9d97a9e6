import type { Instant } from '../../policy/facts.js'
import { readFrame, type Frame, type Kept } from './frame.js'
import type { Segment } from './medium.js'

/** Bytes that are read at once. */
const CHUNK = 256 * 2 ** 10

interface Found {
  readonly kept: readonly Kept[]
  /** Where the last of them ends. */
  readonly end: number
  readonly isTorn: boolean
}

/** The deliveries that stand from `at` on, as far as one reading goes, but one at least, unless it is torn. */
const readFrom = async (segment: Segment, at: number, size: number, length = CHUNK): Promise<Found> => {
  const asked = Math.min(length, size - at)
  const buffer = await segment.read(at, asked)
  const isAll = at + asked === size || buffer.length < asked
  const kept: Kept[] = []
  for (let place = 0; place < buffer.length;) {
    const read = readFrame(buffer, place)
    if (read.kind === 'whole') {
      kept.push(read.kept)
      place = read.end
      continue
    }
    const end = at + place
    if (read.kind === 'torn' || isAll) return { kept, end, isTorn: true }
    return kept.length > 0 ? { kept, end, isTorn: false } : readFrom(segment, end, size, Math.max(read.needed, CHUNK))
  }
  return { kept, end: at + buffer.length, isTorn: buffer.length === 0 }
}

/** One file of the journal, and what became of its deliveries. */
export class Piece {
  /** Deliveries that were not taken yet. */
  left = 0
  readonly #segment: Promise<Segment>
  /** Where the next write begins. */
  #end = 0
  /** Up to here all is durable. */
  #size = 0
  #read = 0
  #unread = 0
  #writing = 0
  #last: Promise<void> = Promise.resolve()

  /** @param since when the first of its deliveries came. */
  constructor(
    readonly name: string,
    segment: Promise<Segment>,
    readonly since: Instant,
  ) {
    this.#segment = segment
  }

  /** What an earlier server wrote. @returns also how many bytes at its end are no whole delivery. */
  static async found(name: string, segment: Segment): Promise<{ readonly piece: Piece; readonly torn: number }> {
    const piece = new Piece(name, Promise.resolve(segment), 0)
    const size = await segment.size()
    for (let isTorn = false; piece.#size < size && !isTorn;) {
      const found = await readFrom(segment, piece.#size, size)
      piece.#grow(found.kept.length, found.end)
      isTorn = found.isTorn
    }
    return { piece, torn: size - piece.#size }
  }

  /** Bytes, with those that are being written. */
  get end(): number {
    return this.#end
  }

  get isRead(): boolean {
    return this.#read === this.#size
  }

  get isWriting(): boolean {
    return this.#writing > 0
  }

  /**
   * Resolves when these and all that were appended before are durable: what stands behind a gap would not be found again.
   * @param durable called when that is so; from `grow` on they can be read.
   * @throws {DiskFailed} when the disk was waited for in vain; any other error: it is not known what was written.
   */
  async append(frames: readonly Frame[], durable: (grow: () => void) => void): Promise<void> {
    const bytes = frames.flatMap((frame) => frame.bytes)
    const [at, earlier] = [this.#end, this.#last]
    const end = at + bytes.reduce((sum, { length }) => sum + length, 0)
    this.#end = end
    this.#writing += 1
    this.#last = Promise.all([earlier, this.#segment.then((segment) => segment.write(bytes, at))]).then(() => {
      durable(() => this.#grow(frames.length, end))
    })
    try {
      await this.#last
    } finally {
      this.#writing -= 1
    }
  }

  /** Nobody has to read what was just written: whoever wrote it hands it on. */
  skip(): void {
    this.#read = this.#size
    this.#unread = 0
  }

  /** The next ones that were not read; `null`: what was written cannot be read any more, and is given up. */
  async readOn(): Promise<readonly Kept[] | null> {
    const at = this.#read
    const { kept, end, isTorn } = await readFrom(await this.#segment, at, this.#size)
    if (at !== this.#read) return []
    this.#read = end
    this.#unread -= kept.length
    if (!isTorn || end === this.#size) return kept
    return kept.length > 0 ? kept : this.#giveUp()
  }

  async remove(): Promise<void> {
    await (await this.#segment).remove()
  }

  async close(): Promise<void> {
    await (await this.#segment).close()
  }

  #giveUp(): null {
    this.left -= this.#unread
    this.skip()
    return null
  }

  #grow(count: number, size: number): void {
    this.#size = size
    this.#end = Math.max(this.#end, size)
    this.#unread += count
    this.left += count
  }
}
