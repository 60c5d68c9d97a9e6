import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DiskFailed } from './errors.js'

/** The log, with its name durable in its folder: a new file's bytes are worth nothing while the folder forgets it. */
const opened = async (file: string): Promise<FileHandle> => {
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
  return open(file, 'r+')
}

/**
 * Waits for the disk beside the program, which goes on meanwhile: `synchronous = NORMAL` lets SQLite write its log
 * without waiting, and one `fdatasync` of that log makes all commits before it durable, exactly as `FULL` does after each.
 * Commits that are written while one runs share the next.
 */
export class WalSync {
  readonly #file: string
  #log: FileHandle | null = null
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | null = null
  #failed: DiskFailed | null = null

  /** @param file the log, there from the first commit on; SQLite never puts another file in its place while it is open. */
  constructor(file: string) {
    this.#file = file
  }

  /** Why nothing can be made durable any more; `null`: it can. */
  get failed(): DiskFailed | null {
    return this.#failed
  }

  /** Resolves when everything that was committed before this call is on disk. @throws {DiskFailed} now and ever after. */
  durable(): Promise<void> {
    return (this.#next ??= this.#after(this.#running))
  }

  async close(): Promise<void> {
    await this.#next?.catch(() => undefined) // whoever asked for it was told
    await this.#running.catch(() => undefined)
    await this.#log?.close()
    this.#log = null
  }

  async #after(last: Promise<void>): Promise<void> {
    await last.catch(() => undefined) // whoever asked for it was told
    this.#next = null
    this.#running = this.#sync()
    return this.#running
  }

  async #sync(): Promise<void> {
    if (this.#failed !== null) throw this.#failed
    try {
      this.#log ??= await opened(this.#file)
      await this.#log.datasync()
    } catch (error) {
      // The kernel forgets pages that it could not write: a second try would succeed, and prove nothing.
      this.#failed = new DiskFailed(error)
      throw this.#failed
    }
  }
}
