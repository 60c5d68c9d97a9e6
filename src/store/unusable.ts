import { dirname } from 'node:path'
import { codeIn, StoreLocked, StoreUnusable } from './errors.js'
import { isBusy } from './sqlite-errors.js'

/** How long an opening waits for a lock, in milliseconds. */
export const PATIENCE = 5_000

const REMEDIES: readonly (readonly [RegExp, (path: string) => string])[] = [
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    (path) =>
      `${path} is damaged, or no database. Put a back-up in its place with \`release-gates restore FILE\`; what is there is kept beside it.`,
  ],
  [
    /^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH)|EACCES$|EPERM$|EROFS$)/,
    (path) =>
      `${path} cannot be opened, or not be written, by this user (uid ${process.getuid?.() ?? 'unknown'}). Give that user the folder and all files in it.`,
  ],
  [/^(SQLITE_FULL$|ENOSPC$|EDQUOT$)/, (path) => `The disk of ${path} is full. Free some of it.`],
  [/^(SQLITE_IOERR|EIO$)/, (path) => `The disk did not let ${path} be read or written. The system’s log may say why.`],
  [/^(EEXIST|ENOTDIR)$/, (path) => `${dirname(path)} is a file, or in one. Name a folder with --data or DATA_DIR.`],
]

/** An error of the file system or of SQLite at an opening, as a sentence that names the path and the remedy. */
export const unusable = (path: string, error: unknown): unknown => {
  if (isBusy(error)) return new StoreLocked(path, PATIENCE, error)
  const code = codeIn(error)
  const [, remedy] = REMEDIES.find(([form]) => code !== null && form.test(code)) ?? []
  if (remedy === undefined) return error
  return new StoreUnusable(`${remedy(path)} (${String(error)})`, { cause: error })
}
