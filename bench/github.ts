import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Reply {
  readonly status: number
  readonly body: string
}

/** A check run that the app posted, or said something new of. */
export interface Posted {
  readonly sha: string
  /** By `performance.now()`, when it had come in whole. */
  readonly at: number
}

/**
 * A GitHub that answers at once: what was asked of the real stand-in before is answered from memory, byte for byte. It
 * names no installations, so that nothing is judged but what a delivery names.
 */
export class RememberingGitHub {
  readonly #kept = new Map<string, Reply>()
  /** Of each check run, by its id, the commit. */
  readonly #shas = new Map<string, string>()
  readonly #behind: string
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  /** Hears of every check run. */
  onPosted: (posted: Posted) => void = () => undefined
  /** Requests that had to be asked of the stand-in. */
  missed = 0

  private constructor(behind: string) {
    this.#behind = behind
  }

  static async before(origin: string): Promise<RememberingGitHub> {
    const github = new RememberingGitHub(origin)
    await new Promise<void>((resolve) => github.#server.listen(0, '127.0.0.1', resolve))
    return github
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString('utf8')
    const sha = newCheckRunOf(request, body)
    const told = sha ?? this.#shas.get(changedCheckRunOf(request) ?? '')
    if (told !== undefined) this.onPosted({ sha: told, at: performance.now() })
    const { status, body: text } = await this.#replyTo(request, body, sha)
    if (sha !== null) this.#shas.set(String((JSON.parse(text) as { readonly id: number }).id), sha)
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text)
  }

  async #replyTo(request: IncomingMessage, body: string, sha: string | null): Promise<Reply> {
    const url = request.url ?? '/'
    if (url.includes('/app/installations?')) return { status: 200, body: '[]' }
    const key = `${request.method} ${url} ${sha ?? body}`
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    this.missed += 1
    const reply = await this.#asked(request, body)
    this.#kept.set(key, reply)
    return reply
  }

  async #asked({ method = 'GET', url = '/', headers }: IncomingMessage, body: string): Promise<Reply> {
    const { authorization = '', accept = '' } = headers
    const answer = await fetch(`${this.#behind}${url}`, {
      method,
      headers: { authorization, accept, 'content-type': 'application/json' },
      ...(body === '' ? {} : { body }),
    })
    return { status: answer.status, body: await answer.text() }
  }
}

/** The commit that a new check run is for; `null`: the request is another one. */
const newCheckRunOf = ({ method, url = '' }: IncomingMessage, body: string): string | null =>
  method === 'POST' && url.endsWith('/check-runs') ? (JSON.parse(body) as { readonly head_sha: string }).head_sha : null

/** The check run that a request says something new of; `null`: the request is another one. */
const changedCheckRunOf = ({ method, url = '' }: IncomingMessage): string | null =>
  method === 'PATCH' ? (/\/check-runs\/(\d+)$/.exec(url)?.[1] ?? null) : null
