import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Kept } from './frame.js'
import { JOURNAL, NAME } from './folder.js'
import { folderMedium, type Segment } from './medium.js'
import { Piece } from './piece.js'

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/**
 * The journal of a folder, read beside whoever writes it. A file that was found once can be read to its end, also when it
 * is let go meanwhile. Holds also what was taken into the tables already.
 */
export class JournalBeside {
  readonly #folder: string
  readonly #segments = new Map<string, Segment>()

  private constructor(dataDir: string) {
    this.#folder = join(dataDir, JOURNAL)
  }

  static async open(dataDir: string): Promise<JournalBeside> {
    const journal = new JournalBeside(dataDir)
    await journal.lookAgain()
    return journal
  }

  /** Finds what was begun since. */
  async lookAgain(): Promise<void> {
    if (!existsSync(this.#folder)) return
    const medium = folderMedium(this.#folder)
    for (const name of await medium.names()) {
      if (!NAME.test(name) || this.#segments.has(name)) continue
      const segment = await medium.open(name).catch((error: unknown) => {
        if (isGone(error)) return null // all of it was taken
        throw error
      })
      if (segment !== null) this.#segments.set(name, segment)
    }
  }

  /** All whole deliveries, oldest first, a few at a time. */
  async *kept(): AsyncGenerator<readonly Kept[]> {
    for (const [name, segment] of this.#segments) {
      const { piece } = await Piece.found(name, segment)
      while (!piece.isRead) yield (await piece.readOn()) ?? []
    }
  }

  async close(): Promise<void> {
    for (const segment of this.#segments.values()) await segment.close()
  }
}
