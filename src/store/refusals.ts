import { DeliveryRefused } from '../gatekeeper/ports.js'
import { isAboutTheRow, mayTryAgain } from './postgres-errors.js'
import { sqliteCodeOf } from './sqlite-errors.js'

/** Constraints, and values that are too large or none of their column's. */
const ABOUT_THE_ROW = /^SQLITE_(?:CONSTRAINT|TOOBIG|MISMATCH|RANGE)/

/** What the values are to blame for, or what we made of them; not a lock, a lost connection or a disk. */
const isAboutTheDelivery = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  ABOUT_THE_ROW.test(sqliteCodeOf(error) ?? '') ||
  (isAboutTheRow(error) && !mayTryAgain(error))

/** @throws {DeliveryRefused} instead of an error that is about the delivery; any other one as it is. */
export const refusing = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    throw isAboutTheDelivery(error) ? new DeliveryRefused(error) : error
  }
}
