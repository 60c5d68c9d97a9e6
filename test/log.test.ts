import { expect, test } from '@jest/globals'
import { Unreadable } from '../src/gatekeeper/ports.js'
import { createLog } from '../src/wire.js'

const logged = (error: unknown): Record<string, unknown> => {
  const lines: string[] = []
  createLog('info', { write: (line) => void lines.push(line) }).error({ error }, 'it failed')
  return (JSON.parse(lines[0] ?? '{}') as { error: Record<string, unknown> }).error
}

test('a bug is logged with what it is and where it came from', () => {
  const { name, message, stack } = logged(new TypeError('x is not a function'))
  expect({ name, message }).toEqual({ name: 'TypeError', message: 'x is not a function' })
  expect(stack).toMatch(/log\.test/)
})

test('what GitHub did not let us read is logged as that, and nothing of the request', () => {
  const cause = Object.assign(new Error('401'), { request: { headers: { authorization: 'token ghs_1' } } })
  const error = logged(new Unreadable('team appsec', 'hidden', 404, null, { cause }))
  expect(error).toEqual({ name: 'Unreadable', what: 'team appsec', reason: 'hidden', status: 404, retryAt: null })
  expect(JSON.stringify(logged(cause))).not.toMatch(/ghs_1/)
})
