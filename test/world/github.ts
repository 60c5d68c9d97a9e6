import type { World } from './world.js'

export interface Answered {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON. */
  readonly body: unknown
}

/** A bare HTTP client for the world's own tests: no library between the test and the wire. */
export const asking = (world: World, token: string = world.token()) => ({
  async ask(line: string, body?: unknown): Promise<Answered> {
    const [method = 'GET', path = '/'] = line.split(' ')
    const response = await fetch(`${world.origin}/api/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    }
  },
  async query(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const response = await fetch(`${world.origin}/api/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    return response.json()
  },
})
