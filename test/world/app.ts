import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { World } from './world.js'

export interface Heard {
  readonly event: string
  readonly action: string | undefined
  readonly guid: string
  readonly genuine: boolean
  readonly body: Readonly<Record<string, unknown>>
}

/** An app that only listens: what GitHub says to it, with whether the signature is right. */
export class Listener {
  readonly heard: Heard[] = []
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8')
      const body = JSON.parse(raw) as Readonly<Record<string, unknown>>
      const signature = `sha256=${createHmac('sha256', this.#secret).update(raw).digest('hex')}`
      this.heard.push({
        event: String(request.headers['x-github-event']),
        action: typeof body['action'] === 'string' ? body['action'] : undefined,
        guid: String(request.headers['x-github-delivery']),
        genuine: request.headers['x-hub-signature-256'] === signature,
        body,
      })
      response.writeHead(202).end()
    })
  })
  readonly #secret: string

  private constructor(secret: string) {
    this.#secret = secret
  }

  static async to(world: World): Promise<Listener> {
    const listener = new Listener(world.env().WEBHOOK_SECRET)
    await new Promise<void>((resolve) => listener.#server.listen(0, '127.0.0.1', resolve))
    world.sendsWebhooksTo(`http://127.0.0.1:${(listener.#server.address() as AddressInfo).port}/api/github/webhooks`)
    return listener
  }

  /** `pull_request.opened`, `push`, in the order heard. */
  get names(): readonly string[] {
    return this.heard.map(({ event, action }) => (action === undefined ? event : `${event}.${action}`))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
