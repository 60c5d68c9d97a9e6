/** The name that the system or a database gives an error; `null`: none. */
export const codeIn = (error: unknown): string | null =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null

/** Another server works on this folder. The lock is the kernel's: it is free as soon as that process is gone. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse'
  constructor(readonly folder: string) {
    super(
      `${folder} is in use by another Release Gates server. Stop that one, or give this one a folder of its own (DATA_DIR).`,
    )
  }
}

/** The store cannot be opened as it is: a newer or older schema, or none at all. The message says what to do. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable'
}

/** The disk did not take what was written. What is on it is not known any more, until the store is opened again. */
export class DiskFailed extends Error {
  override readonly name = 'DiskFailed'
  constructor(cause: unknown) {
    super('the disk did not take what was written; restart the server', { cause })
  }
}

/** Another program has held the database's write lock for too long. Nothing was written. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked'
  constructor(file: string, milliseconds: number, cause: unknown) {
    super(
      `another program has held the write lock of ${file} for ${milliseconds / 1_000} s: a suspended release-gates command, or a transaction left open in a sqlite3 shell. End it (fuser ${file} names what has the file open).`,
      { cause },
    )
  }
}
