import { randomBytes } from 'node:crypto'
import { sha256 } from '../canonical.js'

/** Names of teams and people are compared case-blind. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase()

/** How a name begins that stands as a digest; GitHub's names have no colon. */
export const ERASED_PIN = 'erased:'

const FORM = /^erased:([\da-f]{32}):([\da-f]{64})$/

const SALT_BYTES = 16

/** A name by which {@link isPinOf} knows it, and which nobody can read. Whoever guesses it can tell that it is right. */
export const erasedName = (name: string): string => {
  const salt = randomBytes(SALT_BYTES).toString('hex')
  return `${ERASED_PIN}${salt}:${sha256(salt + nameKey(name))}`
}

/** Whether a name among the pins is this one, as itself or as the digest of an erased person's. */
export const isPinOf = (stored: string, name: string): boolean => {
  const [, salt, digest] = FORM.exec(stored) ?? []
  if (salt === undefined) return stored === nameKey(name)
  return digest === sha256(salt + nameKey(name))
}
