import type { IncomingMessage } from 'node:http'
import { refuse, type FrontHandler } from './answer.js'
import { WEBHOOK_PATH } from './inbox.js'
import { LIMITS } from './limits.js'

/** A key and a secret are far smaller. */
const LARGEST_FORM = 64 * 1024
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/

/**
 * Lets only this machine's own registration through. The page writes credentials, and a browser is a road for other
 * sites: a name that resolves to loopback, a form posted from elsewhere, a code that somebody else asked GitHub for.
 */
export const guarded =
  (state: string, handler: FrontHandler): FrontHandler =>
  async (request, response) => {
    const problem = problemOf(request, state)
    if (problem === null) return handler(request, response)
    refuse(
      request,
      response,
      problem.status,
      { error: problem.error, message: problem.says },
      { linger: LIMITS.linger },
    )
    return true
  }

interface Problem {
  readonly status: number
  readonly error: string
  readonly says: string
}

const problemOf = (request: IncomingMessage, state: string): Problem | null => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback')
  if (pathname === WEBHOOK_PATH) {
    return { status: 503, error: 'not_registered', says: 'The app is not registered yet; no delivery is taken.' }
  }
  if (!LOOPBACK_HOST.test(request.headers.host ?? '')) {
    return { status: 403, error: 'not_loopback', says: 'Open this page as 127.0.0.1 or localhost.' }
  }
  if (pathname === '/probot/setup' && searchParams.get('state') !== state) {
    return {
      status: 403,
      error: 'wrong_state',
      says: 'This registration was not begun on this page; begin at /probot.',
    }
  }
  return request.method === 'POST' ? formProblem(request) : null
}

const formProblem = ({ headers }: IncomingMessage): Problem | null => {
  if (headers.origin !== `http://${headers.host}`) {
    return { status: 403, error: 'foreign_form', says: 'This form was sent by another page.' }
  }
  const length = Number(headers['content-length'] ?? Number.NaN)
  return length <= LARGEST_FORM
    ? null
    : { status: 413, error: 'too_large', says: `The form must say its size, at most ${LARGEST_FORM} bytes.` }
}
