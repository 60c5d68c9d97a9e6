import { afterEach, expect, test } from '@jest/globals'
import { connect } from 'node:net'
import { aFront, deliver, headersFor, overSocket, requestHead, type Front } from './front.js'

const open: Front[] = []
const front = async (parts?: Parameters<typeof aFront>[0]) => {
  const one = await aFront(parts)
  open.push(one)
  return one
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()))
})

const MIB = 1024 * 1024
const statusOf = (answer: string) => answer.split('\r\n', 1)[0]

test('a body that says it is larger than 25 MiB is refused before any of it is sent', async () => {
  const { port, lines } = await front()
  const answer = await overSocket(port, [requestHead({ ...headersFor(''), 'content-length': 25 * MIB + 1 })])
  expect(statusOf(answer)).toBe('HTTP/1.1 413 Payload Too Large')
  expect(answer.toLowerCase()).toContain('connection: close')
  expect(lines[0]?.values).toMatchObject({ outcome: 'too_large', bytes: 0 })
})

test('a body of exactly 25 MiB is taken', async () => {
  const { port, stored } = await front()
  const body = Buffer.alloc(25 * MIB, 'x')
  expect((await deliver(port, body)).status).toBe(202)
  expect(stored[0]?.body.length).toBe(25 * MIB)
})

test('a sender that is still sending reads why it was refused', async () => {
  const { port } = await front()
  const response = await deliver(port, Buffer.alloc(26 * MIB, 'x'))
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({ error: 'too_large' })
})

test('a sender that reads only once it has sent everything is not left hanging', async () => {
  const { port } = await front({ limits: { linger: 5_000 } })
  const body = Buffer.alloc(26 * MIB, 'x')
  const socket = connect(port, '127.0.0.1').pause()
  socket.write(requestHead({ ...headersFor(''), 'content-length': body.length }))
  await new Promise((resolve) => socket.write(body, resolve))
  const answer = await new Promise<string>((resolve) =>
    socket.once('data', (data) => resolve(data.toString())).resume(),
  )
  expect(statusOf(answer)).toBe('HTTP/1.1 413 Payload Too Large')
  socket.destroy()
})

test('a body in pieces is counted as it comes, and refused at the byte that is too many', async () => {
  const { port, lines, stored } = await front({ limits: { body: 1000 } })
  const piece = `100\r\n${'x'.repeat(256)}\r\n`
  const head = requestHead({ ...headersFor('x'.repeat(1024)), 'transfer-encoding': 'chunked' })
  const answer = await overSocket(port, [head, piece.repeat(4)])
  expect(statusOf(answer)).toBe('HTTP/1.1 413 Payload Too Large')
  expect(lines[0]?.values).toMatchObject({ outcome: 'too_large', bytes: 1024 })
  expect(stored).toEqual([])
})

test('a body in pieces that fits is stored', async () => {
  const { port, stored } = await front()
  const head = requestHead({ ...headersFor('{"a":1}'), 'transfer-encoding': 'chunked', connection: 'close' })
  const answer = await overSocket(port, [head, '3\r\n{"a\r\n', '4\r\n":1}\r\n', '0\r\n\r\n'])
  expect(statusOf(answer)).toBe('HTTP/1.1 202 Accepted')
  expect(stored.map(({ body }) => body)).toEqual(['{"a":1}'])
})

test('an unsigned upload is refused without reading it, and cut off', async () => {
  const { port, lines } = await front()
  const { 'x-hub-signature-256': _unsigned, ...headers } = headersFor('')
  const answer = await overSocket(port, [requestHead({ ...headers, 'content-length': 20 * MIB }), 'x'.repeat(1000)])
  expect(statusOf(answer)).toBe('HTTP/1.1 401 Unauthorized')
  expect(lines[0]?.values).toMatchObject({ outcome: 'unsigned', bytes: 0 })
})

test('bodies that would together fill the memory are refused for now', async () => {
  const { port } = await front({ limits: { held: 1000 } })
  const first = connect(port, '127.0.0.1')
  first.write(requestHead({ ...headersFor(''), 'content-length': 900 }))
  first.write('x'.repeat(800))
  const second = () => deliver(port, 'y'.repeat(300))
  let status = (await second()).status
  for (let tries = 0; status === 202 && tries < 200; tries += 1) status = (await second()).status
  expect(status).toBe(503)
  const gone = new Promise((resolve) => first.once('close', resolve))
  first.destroy()
  await gone
  for (let tries = 0; status === 503 && tries < 200; tries += 1) status = (await second()).status
  expect(status).toBe(202)
})

test('bodies in pieces, whose size nobody announced, count as much', async () => {
  const { port, lines } = await front({ limits: { held: 1000 } })
  const head = requestHead({ ...headersFor(''), 'transfer-encoding': 'chunked' })
  const answer = await overSocket(port, [head, `800\r\n${'x'.repeat(0x800)}\r\n`])
  expect(statusOf(answer)).toBe('HTTP/1.1 503 Service Unavailable')
  expect(lines[0]?.values).toMatchObject({ outcome: 'busy' })
})

test('an upload that breaks off is logged and stores nothing', async () => {
  const { port, lines, stored, close } = await front()
  const head = requestHead({ ...headersFor('{"a":1}'), 'content-length': 7 })
  await overSocket(port, [head, '{"a"'], { ends: true })
  await close()
  expect(stored).toEqual([])
  expect(lines.map(({ values }) => values['outcome'])).toEqual(['aborted'])
})

test('headers that come too slowly are cut off', async () => {
  const { port } = await front({ limits: { headers: 50, request: 100 } })
  const answer = await overSocket(port, ['POST /api/github/webhooks HTTP/1.1\r\nhost: localhost\r\nx-a: '])
  expect(statusOf(answer)).toBe('HTTP/1.1 408 Request Timeout')
})

test('a body that comes too slowly is cut off, and stores nothing', async () => {
  const { port, stored, lines } = await front({ limits: { headers: 50, request: 100 } })
  const head = requestHead({ ...headersFor('{"a":1}'), 'content-length': 7 })
  const answer = await overSocket(port, [head, '{'])
  expect(['HTTP/1.1 408 Request Timeout', '']).toContain(statusOf(answer))
  expect(stored).toEqual([])
  expect(lines.map(({ values }) => values['outcome'])).toEqual(['aborted'])
})

test('what is no HTTP gets an answer that closes the connection', async () => {
  const { port } = await front()
  expect(statusOf(await overSocket(port, ['\u0016\u0003\u0001 hello\r\n\r\n']))).toBe('HTTP/1.1 400 Bad Request')
})

test('two lengths for one body are refused: a proxy may have read the other one', async () => {
  const { port, stored } = await front()
  const body = '{"a":1}'
  const head = requestHead({ ...headersFor(body), 'content-length': 7, 'transfer-encoding': 'chunked' })
  expect(statusOf(await overSocket(port, [head, body]))).toBe('HTTP/1.1 400 Bad Request')
  expect(stored).toEqual([])
})
