import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One port before several instances: each request goes to the next of them, and to another where that one is away. */
export interface Front {
  readonly url: string
  close(): Promise<void>
}

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const passedOn = ({ method, url, headers }: IncomingMessage, body: Buffer, port: number): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, resolve)
    outgoing.once('error', reject)
    outgoing.end(body)
  })

export const frontOf = async (ports: readonly number[]): Promise<Front> => {
  let next = 0
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming)
    for (let tries = 0; tries < ports.length; tries++) {
      const port = ports[next++ % ports.length] ?? 0
      const answer = await passedOn(incoming, body, port).catch(() => null)
      if (answer === null) continue
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      return
    }
    outgoing.writeHead(502).end()
  }
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
