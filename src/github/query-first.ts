import { Unreadable } from '../gatekeeper/ports.js'
import { isRequestError } from './errors.js'

/** Whether GitHub might say more when it is asked otherwise: not where it gave no answer, or wants to be left alone. */
const mayAskOtherwise = ({ status, retryAt, cause }: Unreadable): boolean => {
  if (retryAt !== null) return false
  if (status === null) return !isRequestError(cause)
  return status < 500 && status !== 401 && status !== 429
}

/**
 * What one query tells; `null`: it does not, and the calls of REST that say the same are to be made. A server whose
 * GraphQL knows less than github.com's costs calls, never an answer.
 */
export const told = async <T>(query: () => Promise<T>): Promise<T | null> => {
  try {
    return await query()
  } catch (error) {
    if (error instanceof Unreadable && mayAskOtherwise(error)) return null
    throw error
  }
}
