/** What an operating system's code means to whoever named the file. */
const MEANING: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'this user may not read or write there',
  EPERM: 'this user may not read or write there',
  EROFS: 'its disk cannot be written',
  EEXIST: 'something of that name is there already',
  ENOSPC: 'its disk is full',
}

const textIn = (error: unknown, key: 'code' | 'message'): string | null => {
  const found: unknown = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[key] : null
  return typeof found === 'string' ? found : null
}

/** The operating system's own name for what went wrong; `null`: it was something else. */
export const fileErrorCode = (error: unknown): string | null => textIn(error, 'code')

/** Why a file could not be read or written, in words that stand after its name. */
export const fileProblem = (error: unknown): string =>
  MEANING[fileErrorCode(error) ?? ''] ?? textIn(error, 'message') ?? String(error)
