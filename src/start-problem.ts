import type { Settings } from './settings.js'

type Failed = Pick<Settings, 'host' | 'port' | 'metricsPort'>

interface SystemError {
  readonly code: string
  readonly syscall: string
  readonly message: string
  readonly port?: unknown
}

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && 'syscall' in error && typeof error.syscall === 'string'

/** Why it could not listen: the variable, its value, and what to do. */
const listenProblem = ({ code, message, port }: SystemError, { host, port: own, metricsPort }: Failed): string => {
  const isOwn = port === own || own === metricsPort
  const variable = isOwn ? 'PORT' : 'METRICS_PORT'
  const set = `${variable} is ${isOwn ? own : metricsPort}`
  switch (code) {
    case 'EADDRINUSE':
      return `${set}, where another process listens already: stop that one, or set ${variable} to a port that is free.`
    case 'EACCES':
      return `${set}, where this user may not listen: set ${variable} to 1024 or above, or grant it.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST is ${host}, which is no address of this machine: set it to one, or to 0.0.0.0 for all.`
    default:
      return `${set}, where it cannot listen: ${message}`
  }
}

/** Why the app did not start, as whoever started it can mend it. */
export const startProblem = (error: unknown, settings: Failed): string => {
  if (isSystemError(error) && (error.syscall === 'listen' || error.syscall === 'getaddrinfo'))
    return listenProblem(error, settings)
  return error instanceof Error ? error.message : String(error)
}
