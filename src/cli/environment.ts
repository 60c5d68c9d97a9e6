import { join } from 'node:path'
import { environmentNow } from '../reload.js'
import type { Io } from './io.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** The file that a server reads in its working folder. */
const FILE = '.env'

/**
 * What a server that starts in this folder would read: the process's variables, and those that `.env` adds to them.
 * @throws {Error} when `.env` cannot be read: what it may say must not be taken for unsaid.
 */
export const environmentOf = (io: Pick<Io, 'cwd'>): Environment => {
  try {
    return environmentNow(process.env, join(io.cwd, FILE))
  } catch (error) {
    throw new Error(`${join(io.cwd, FILE)} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** A variable without white space around it; `null`: not set, or empty, which is the same. */
export const valueIn = (env: Environment, name: string): string | null => env[name]?.trim() || null
