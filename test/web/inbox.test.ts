import { afterEach, expect, test } from '@jest/globals'
import { webhookInbox } from '../../src/web/inbox.js'
import { aFront, deliver, headersFor, memoryLog, NOW, PATH, signed, type Front } from './front.js'

const open: Front[] = []
const front = async (parts?: Parameters<typeof aFront>[0]) => {
  const one = await aFront(parts)
  open.push(one)
  return one
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()))
})

/** Escapes, odd white space and a key twice: parsing and printing it again would change every byte count. */
const BODY = '{ "a" :\t"\\u00e9\\u0000é", "a":1e2,\r\n"z": [ ] }  \n'

test('a signed delivery is stored as it came, byte for byte, and then acknowledged', async () => {
  const { port, stored } = await front()
  const response = await deliver(port, BODY)
  expect(response.status).toBe(202)
  expect(await response.json()).toEqual({ accepted: true })
  expect(stored).toEqual([
    { guid: '0b989ba4-242f-11e5-81e1-c7b6966d2516', event: 'pull_request', body: BODY, receivedAt: NOW },
  ])
})

test('nothing is parsed before it is stored: a signed text that is no JSON is stored too', async () => {
  const { port, stored } = await front()
  expect((await deliver(port, 'no json')).status).toBe(202)
  expect(stored.map(({ body }) => body)).toEqual(['no json'])
})

test.each(['new-secret', 'old-secret'])('a delivery signed with the %s is taken', async (secret) => {
  const { port, stored } = await front()
  expect((await deliver(port, BODY, { 'x-hub-signature-256': signed(BODY, secret) })).status).toBe(202)
  expect(stored.length).toBe(1)
})

const flipped = signed(BODY).replace(/.$/, (last) => (last === '0' ? '1' : '0'))

test.each([
  ['made with another secret', 401, { 'x-hub-signature-256': signed(BODY, 'development') }],
  ['off by one bit', 401, { 'x-hub-signature-256': flipped }],
  ['of another body', 401, { 'x-hub-signature-256': signed(`${BODY} `) }],
  ['cut short', 401, { 'x-hub-signature-256': signed(BODY).slice(0, -1) }],
  ['too long', 401, { 'x-hub-signature-256': `${signed(BODY)}0` }],
  ['of SHA-1', 401, { 'x-hub-signature-256': '', 'x-hub-signature': 'sha1=b5a6' }],
  ['doubled', 401, { 'x-hub-signature-256': `${signed(BODY)}, ${signed(BODY)}` }],
])('a signature %s is refused with %i', async (_how, status, headers) => {
  const { port, stored } = await front()
  const response = await deliver(port, BODY, headers)
  expect(response.status).toBe(status)
  expect(stored).toEqual([])
})

test.each([
  ['no delivery id', 400, { 'x-github-delivery': '' }],
  ['a delivery id with a path', 400, { 'x-github-delivery': '../../x' }],
  ['a delivery id of 65 characters', 400, { 'x-github-delivery': 'x'.repeat(65) }],
  ['no event', 400, { 'x-github-event': '' }],
  ['an event with other characters', 400, { 'x-github-event': 'pull request' }],
  ['a form instead of JSON', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
])('a delivery with %s is refused with %i', async (_how, status, headers) => {
  const { port, stored } = await front()
  expect((await deliver(port, BODY, headers)).status).toBe(status)
  expect(stored).toEqual([])
})

test.each([
  ['UTF-8 that is broken', Buffer.from([0x7b, 0xff, 0x7d])],
  ['UTF-8 that is overlong', Buffer.from([0xc0, 0xaf])],
  ['a NUL', Buffer.from('{"a":"\0"}')],
])('a signed body with %s is refused after its signature, not stored in part', async (_how, body) => {
  const { port, stored } = await front()
  expect((await deliver(port, body)).status).toBe(400)
  expect((await deliver(port, body, { 'x-hub-signature-256': signed('{}') })).status).toBe(401)
  expect(stored).toEqual([])
})

test('a delivery that could not be stored is never acknowledged, so that GitHub shows it as failed', async () => {
  const { port, lines } = await front({ accept: async () => Promise.reject(new Error('disk full')) })
  expect((await deliver(port, BODY)).status).toBe(503)
  expect(lines).toEqual([
    {
      message: 'delivery not stored',
      values: expect.objectContaining({ outcome: 'not_stored', problem: 'disk full' }) as object,
    },
  ])
})

test('the acknowledgement waits for the store', async () => {
  let stored: () => void = () => undefined
  const onDisk = new Promise<void>((resolve) => (stored = resolve))
  let asked: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => (asked = resolve))
  const { port } = await front({
    accept: () => {
      asked()
      return onDisk
    },
  })
  const response = deliver(port, BODY)
  await arrived
  const first = await Promise.race([response, new Promise((resolve) => setImmediate(() => resolve('still waiting')))])
  expect(first).toBe('still waiting')
  stored()
  expect((await response).status).toBe(202)
})

test.each(['GET', 'PUT', 'DELETE', 'PATCH'])('%s is refused with the method that is allowed', async (method) => {
  const { port } = await front()
  const response = await fetch(`http://127.0.0.1:${port}${PATH}`, { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('POST')
})

test.each(['/', '/api/github/webhooks/', '/api/github/webhooks/x', '/API/github/webhooks', '/webhooks'])(
  'a delivery to %s finds nothing',
  async (path) => {
    const { port, stored } = await front()
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body: BODY,
      headers: headersFor(BODY),
    })
    expect(response.status).toBe(404)
    expect(stored).toEqual([])
  },
)

test('each delivery has one line in the log: id, event, bytes and outcome, never what it says or a secret', async () => {
  const { port, lines } = await front()
  await deliver(port, BODY)
  await deliver(port, BODY, { 'x-hub-signature-256': signed(BODY, 'guess') })
  expect(lines.map(({ values }) => values)).toEqual(
    ['accepted', 'wrong_signature'].map((outcome) => ({
      delivery: '0b989ba4-242f-11e5-81e1-c7b6966d2516',
      event: 'pull_request',
      bytes: Buffer.byteLength(BODY),
      outcome,
    })),
  )
  expect(JSON.stringify(lines)).not.toMatch(/-secret|guess|u00e9/)
})

test('a header that would forge log lines is logged short and printable', async () => {
  const { port, lines } = await front()
  await deliver(port, BODY, { 'x-github-delivery': `a\tb\u009b${'c'.repeat(100)}` })
  expect(lines[0]?.values['delivery']).toBe(`a?b?${'c'.repeat(60)}`)
})

test.each([[[]], [['']], [['real-secret', '']]])('without a real secret (%j) there is no inbox', (secrets) => {
  const parts = { inbox: { accept: async () => undefined }, clock: { now: () => NOW }, log: memoryLog().log }
  expect(() => webhookInbox({ ...parts, secrets })).toThrow('a webhook secret is needed')
})
