import { join } from 'node:path'
import { folderMedium, memoryMedium, type Medium } from './medium.js'

/** The journal's folder in a store's folder. */
export const JOURNAL = 'inbox'

/** What a file of the journal is called; the next one has the next number. */
export const NAME = /^\d{12}\.journal$/
export const nameOf = (number: number): string => `${String(number).padStart(12, '0')}.journal`

/** Where the journal of a store's folder is. */
export const journalIn = (dataDir: string): Medium =>
  dataDir === ':memory:' ? memoryMedium() : folderMedium(join(dataDir, JOURNAL))
