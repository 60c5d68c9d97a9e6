import { codeIn } from './errors.js'

const constraintOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'constraint' in error ? error.constraint : null

/** Two transactions stood in each other's way, and the server ended this one: nothing of it happened. */
const IN_THE_WAY: ReadonlySet<string | null> = new Set(['40001', '40P01'])

/** Also where two would have leased one lane, which the index of leases refuses whatever the queries do. */
export const mayTryAgain = (error: unknown): boolean =>
  IN_THE_WAY.has(codeIn(error)) || (codeIn(error) === '23505' && constraintOf(error) === 'subjects_lane_leased_once')

/** A row that the server would not take, whatever else is well: data (22), a constraint (23), or a limit (54). */
export const isAboutTheRow = (error: unknown): boolean => /^(?:2[23]|54)[0-9A-Z]{3}$/.test(codeIn(error) ?? '')
