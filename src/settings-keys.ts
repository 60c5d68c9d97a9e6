import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { Reader } from './settings-reader.js'

/** A private key as its variable may hold it: raw PEM, PEM with `\n` for its line ends, or either in base64. */
export const pemOf = (value: string): string | null => {
  const unquoted = value.trim().replace(/^(["'])(.*)\1$/s, '$2')
  const decoded = unquoted.includes('-----BEGIN') ? unquoted : Buffer.from(unquoted, 'base64').toString('utf8')
  return decoded.includes('-----BEGIN') ? `${decoded.replaceAll('\\n', '\n').trim()}\n` : null
}

/** What is wrong with a key, to stand after "it"; `null`: nothing. Says nothing of the key's content. */
export const keyProblem = (value: string, type: 'rsa' | 'ed25519'): string | null => {
  const pem = pemOf(value)
  if (pem === null) return 'holds no PEM private key'
  const count = pem.split('-----BEGIN').length - 1
  if (count > 1) return `holds ${count} PEM blocks with no comma between them, of which only the first would count`
  if (pem.includes('ENCRYPTED')) return 'is protected by a passphrase'
  const key = parsed(pem)
  if (key === null) return 'is not a complete PEM private key'
  return key.asymmetricKeyType === type ? null : `is a key of type ${key.asymmetricKeyType ?? 'unknown'}, not ${type}`
}

const parsed = (pem: string): KeyObject | null => {
  try {
    return createPrivateKey(pem)
  } catch {
    return null // the reason is OpenSSL's jargon, and may quote the text
  }
}

/** The keys of a variable that holds one or two, as PEM, newest first. What is wrong with them is a problem. */
export const keysOf = (reader: Reader, name: string, type: 'rsa' | 'ed25519', remedy: string): readonly string[] =>
  reader.secrets(name, (value) => keyProblem(value, type), remedy).flatMap((value) => pemOf(value) ?? [])
