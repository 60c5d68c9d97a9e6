import { readFileSync } from 'node:fs'
import { fileProblem } from './file-problem.js'
import { keysOf } from './settings-keys.js'
import { createReader, RANDOM_SECRET, shown, tooShort, type Environment, type Reader } from './settings-reader.js'

/** Probot's built-in default, a public word, and the shortest text that is taken for a secret. */
const PUBLIC_SECRET = 'development'
const SHORTEST_SECRET = 8

/** How many credentials there are; with none of them set, the app is simply not registered yet. */
export const CREDENTIALS = 3

/** What is missing, a sentence each. */
export const missingCredentials = ({ value }: Reader): readonly string[] => [
  ...(value('APP_ID') === null ? ['APP_ID is not set; it is the number on the app’s page at GitHub.'] : []),
  ...(value('PRIVATE_KEY') === null && value('PRIVATE_KEY_PATH') === null
    ? ['PRIVATE_KEY is not set, nor PRIVATE_KEY_PATH; generate a private key on the app’s page at GitHub.']
    : []),
  ...(value('WEBHOOK_SECRET') === null
    ? ['WEBHOOK_SECRET is not set; it must be the secret that GitHub signs deliveries with.']
    : []),
]

export const credentialsOf = (reader: Reader, readFile: (path: string) => string) => ({
  appId: reader.fitting('APP_ID', 0, appId, 'it must be the app’s number, as its page at GitHub shows it.'),
  privateKeys: privateKeysOf(reader, readFile),
  webhookSecrets: reader.secrets(
    'WEBHOOK_SECRET',
    (value) =>
      value === PUBLIC_SECRET
        ? 'is a public word, Probot’s built-in default, with which anybody can sign'
        : tooShort(SHORTEST_SECRET)(value),
    `${RANDOM_SECRET} Set the same on the app’s page at GitHub.`,
  ),
})

const appId = (value: string) => (/^[1-9]\d{0,14}$/.test(value) ? Number(value) : null)

const KEY_REMEDY = 'Give the PEM file that GitHub made: as it is, with \\n for line ends, or in base64.'

const privateKeysOf = (reader: Reader, readFile: (path: string) => string): readonly string[] => {
  const path = reader.value('PRIVATE_KEY_PATH')
  if (path === null) return keysOf(reader, 'PRIVATE_KEY', 'rsa', KEY_REMEDY)
  if (reader.value('PRIVATE_KEY') !== null) {
    reader.problems.push(`PRIVATE_KEY is set and PRIVATE_KEY_PATH is ${shown(path)}; unset one of them.`)
    return []
  }
  const content = contentOf(reader, path, readFile)
  if (content === null) return []
  const fromFile = createReader({ PRIVATE_KEY_PATH: content })
  const keys = keysOf(
    fromFile,
    'PRIVATE_KEY_PATH',
    'rsa',
    `Make ${shown(path)} the PEM file that GitHub made, or two of them with a comma between them, newest first.`,
  )
  reader.problems.push(...fromFile.problems)
  return keys
}

/**
 * The app's private keys for commands that can do without, newest first; none are set: none.
 * @throws {Error} with every problem, where they do not fit.
 */
export const readPrivateKeys = (
  env: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): readonly string[] => {
  const reader = createReader(env)
  const keys = privateKeysOf(reader, readFile)
  if (reader.problems.length > 0) throw new Error(reader.problems.join(' '))
  return keys
}

/** What the key file holds; `null`: nothing, or it cannot be read, which is a problem. */
const contentOf = (reader: Reader, path: string, readFile: (path: string) => string): string | null => {
  try {
    const content = readFile(path).trim()
    if (content !== '') return content
    reader.problems.push(`PRIVATE_KEY_PATH is ${shown(path)}; that file is empty.`)
  } catch (error) {
    reader.problems.push(
      `PRIVATE_KEY_PATH is ${shown(path)}; the file cannot be read: ${fileProblem(error)}. Name the PEM file that GitHub made.`,
    )
  }
  return null
}

/** The app's OAuth client; half of one is a problem. */
export const clientOf = (reader: Reader): { readonly id: string; readonly secrets: readonly string[] } | null => {
  const id = reader.value('GITHUB_CLIENT_ID')
  const secrets = reader.secrets('GITHUB_CLIENT_SECRET', () => null, '')
  if (id !== null && secrets.length > 0) return { id, secrets }
  if (id !== null) reader.problems.push('GITHUB_CLIENT_ID is set without GITHUB_CLIENT_SECRET; set both or neither.')
  if (secrets.length > 0) {
    reader.problems.push('GITHUB_CLIENT_SECRET is set without GITHUB_CLIENT_ID; set both or neither.')
  }
  return null
}
