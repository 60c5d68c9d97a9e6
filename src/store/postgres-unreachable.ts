import { codeIn, StoreUnusable } from './errors.js'

const isFile = (error: unknown): error is { readonly path: string } =>
  typeof error === 'object' && error !== null && 'syscall' in error && error.syscall !== 'connect' && 'path' in error

const isAboutTrust = (code: string): boolean => /CERT|VERIFY|ISSUER|TLS/.test(code)

const problem = (error: unknown, why: string): string => {
  const code = codeIn(error) ?? ''
  if (isFile(error))
    return `cannot be reached: DATABASE_URL names a file that cannot be read, ${error.path} (sslrootcert, sslcert or sslkey). ${why}`
  if (isAboutTrust(code))
    return `answers with a certificate that is not trusted: ${why}. Name its authority in DATABASE_URL with sslrootcert=FILE, and the server as the certificate does.`
  switch (code) {
    case '28P01':
    case '28000':
      return `does not let this user in: ${why}. Mend the user and the password in DATABASE_URL, or let the user in there.`
    case '3D000':
      return `is not there: ${why}. Create it, or mend the name in DATABASE_URL.`
    case '53300':
      return `takes no more connections: ${why}. An instance uses up to 17; let the server take more, or stop one.`
    default:
      return `does not answer: ${why}`
  }
}

/** Why nothing could be asked of a database, with what to do about it. */
export const unreachable = (error: unknown, where: string): StoreUnusable => {
  const why = error instanceof Error ? error.message || error.name : String(error)
  return new StoreUnusable(`${where} (DATABASE_URL) ${problem(error, why)}`, { cause: error })
}
