import type { Json } from '../../policy/verdict.js'
import { isObject, wordsOf } from '../sides/reference.js'
import { CODES, isPerson, TEXTS, writersIn } from '../sides/take-out.js'
import { ERASED } from '../sides/resolve.js'

/** An account by its number, and every login that it is known to have had, in lower case. */
export interface Account {
  readonly id: number
  readonly logins: ReadonlySet<string>
}

/** What is shown of an erased person: the number decides, as before. */
export const nameless = (id: number): string => `user ${id}`

export const names = ({ logins }: Account, text: string): boolean => wordsOf(text).some((word) => logins.has(word))

const text = (account: Account, value: string, key: string, own: boolean): string => {
  if (value === '' || (CODES.has(key) && !TEXTS.has(key))) return value
  if (account.logins.has(value.toLowerCase())) return nameless(account.id)
  return (own && TEXTS.has(key)) || names(account, value) ? ERASED : value
}

/** A working document without the person's logins, without what they wrote, and without texts that name them. */
export const redact = (account: Account, json: unknown, key = '', own = false): Json => {
  if (typeof json === 'string') return text(account, json, key, own)
  if (Array.isArray(json)) return json.map((each) => redact(account, each, key, own))
  if (!isObject(json)) return json as Json
  if (isPerson(json) && json.id === account.id) return { ...json, login: nameless(account.id) }
  const isTheirs = writersIn(json).includes(account.id)
  return Object.fromEntries(Object.entries(json).map(([of, value]) => [of, redact(account, value, of, isTheirs)]))
}
