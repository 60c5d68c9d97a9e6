import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Credentials } from './probot-setup.js'

/**
 * Puts credentials into a `.env` file that only its owner can read. Lines of other variables stay as they are; line ends
 * within a value become `\n`, as `.env` readers expect.
 */
export const writeEnvFile = (file: string, credentials: Credentials): void => {
  const given = Object.entries(credentials).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const names = new Set(given.map(([name]) => name))
  const kept = (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []).filter(
    (line) => !names.has(line.split('=', 1)[0]?.trim() ?? ''),
  )
  while (kept.at(-1) === '') kept.pop()
  const lines = given.map(([name, value]) => `${name}=${quoted(value.trim())}`)
  writeFileSync(file, [...kept, ...lines, ''].join('\n'), { mode: 0o600 })
  chmodSync(file, 0o600)
}

/** A value as `.env` readers take it back unchanged. @throws where it mixes both kinds of quotes. */
const quoted = (value: string): string => {
  const line = value.replace(/\r?\n/g, '\\n')
  if (/^[\w.:/@+=-]*$/.test(line) || /^"[^"]*"$/.test(line)) return line
  const mark = ["'", '"'].find((quote) => !line.includes(quote))
  if (mark === undefined) throw new Error('a credential holds both kinds of quotes; set it in the environment instead')
  return `${mark}${line}${mark}`
}
