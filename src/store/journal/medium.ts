import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DiskFailed } from '../errors.js'

/** One piece of the journal: written at its end, read anywhere. */
export interface Segment {
  readonly name: string
  /** Resolves when the bytes are durable at this place. @throws {DiskFailed} when the disk was waited for in vain. */
  write(bytes: readonly Buffer[], at: number): Promise<void>
  /** As many of the bytes at this place as there are. */
  read(at: number, length: number): Promise<Buffer>
  size(): Promise<number>
  /** Lets it go; what it holds is gone with it. */
  remove(): Promise<void>
  close(): Promise<void>
}

/** Where the journal's pieces are. */
export interface Medium {
  /** Names of what is there, oldest first. */
  names(): Promise<readonly string[]>
  open(name: string): Promise<Segment>
  /** Resolves when the name is durable. @throws {DiskFailed} when the disk was waited for in vain. */
  create(name: string): Promise<Segment>
}

const failed = (error: unknown): never => {
  throw new DiskFailed(error)
}

const toDisk = async (folder: string): Promise<void> => {
  const opened = await open(folder, 'r')
  try {
    await opened.sync().catch(failed)
  } finally {
    await opened.close()
  }
}

const lengthOf = (bytes: readonly Buffer[]): number => bytes.reduce((sum, { length }) => sum + length, 0)

/** The kernel takes at most so many buffers at once, */
const MOST_BUFFERS = 1_024

/** and may take fewer bytes than it is given. */
const writeAll = async (file: FileHandle, bytes: readonly Buffer[], at: number): Promise<void> => {
  const some = bytes.length > MOST_BUFFERS ? [Buffer.concat(bytes)] : bytes
  const { bytesWritten } = await file.writev([...some], at)
  if (bytesWritten === lengthOf(some)) return
  if (bytesWritten === 0) throw new Error('the disk takes no more')
  await writeAll(file, [Buffer.concat(some).subarray(bytesWritten)], at + bytesWritten)
}

const readAll = async (file: FileHandle, at: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}

const segmentIn = (folder: string, name: string, file: FileHandle): Segment => ({
  name,
  async write(bytes, at) {
    await writeAll(file, bytes, at)
    await file.datasync().catch(failed)
  },
  read: (at, length) => readAll(file, at, length),
  size: async () => (await file.stat()).size,
  async remove() {
    await file.close()
    await rm(join(folder, name))
  },
  close: () => file.close(),
})

/** Files of a folder, which is made where it is missing. */
export const folderMedium = (folder: string): Medium => ({
  async names() {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return (await readdir(folder)).sort()
  },
  open: async (name) => segmentIn(folder, name, await open(join(folder, name), 'r')),
  async create(name) {
    const file = await open(join(folder, name), 'wx+', 0o600)
    try {
      await toDisk(folder)
      await toDisk(dirname(folder)) // the journal's folder may be as new as the file
      return segmentIn(folder, name, file)
    } catch (error) {
      await file.close()
      throw error
    }
  },
})

const segmentInMemory = (kept: Map<string, Buffer>, name: string): Segment => ({
  name,
  write(bytes, at) {
    kept.set(name, Buffer.concat([(kept.get(name) ?? Buffer.alloc(0)).subarray(0, at), ...bytes]))
    return Promise.resolve()
  },
  read: (at, length) => Promise.resolve((kept.get(name) ?? Buffer.alloc(0)).subarray(at, at + length)),
  size: () => Promise.resolve(kept.get(name)?.length ?? 0),
  remove() {
    kept.delete(name)
    return Promise.resolve()
  },
  close: () => Promise.resolve(),
})

/** For a store that lives as long as its process. */
export const memoryMedium = (): Medium => {
  const kept = new Map<string, Buffer>()
  return {
    names: () => Promise.resolve([...kept.keys()].sort()),
    open: (name) => Promise.resolve(segmentInMemory(kept, name)),
    create: (name) => Promise.resolve(segmentInMemory(kept, name)),
  }
}
