import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileProblem } from '../file-problem.js'
import type { Io } from './io.js'

/** The text of a file that an option names. @throws {Error} with the option, the file and why it cannot be read. */
export const textNamedBy = (option: string, file: string, io: Pick<Io, 'cwd'>): string => {
  try {
    return readFileSync(resolve(io.cwd, file), 'utf8')
  } catch (error) {
    throw new Error(`${option} ${file} cannot be read: ${fileProblem(error)}; name a file that is there`, {
      cause: error,
    })
  }
}
