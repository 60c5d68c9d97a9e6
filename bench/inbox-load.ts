import { createHmac, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { LoadConnection } from './load-connection.js'

/** A signed webhook, ready to be sent. */
export interface Signed {
  readonly body: Buffer
  readonly signature: string
}

export interface Load {
  readonly port: number
  readonly secret: string
  readonly connections: number
  /** How long to send, in milliseconds. */
  readonly during: number
}

/** How many different bodies take turns: a repeated one could be known already. */
const BODIES = 4_000

interface Opened {
  readonly action?: string
  readonly pull_request: object
}

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string
  readonly examples: readonly Opened[]
}[]

const [example] = examples.find(({ name }) => name === 'pull_request')?.examples ?? []

/** GitHub's own example of a pull request that was opened, 21 KB, each with a number of its own. */
const bodyOf = (number: number): Buffer => {
  if (!example) throw new Error('there is no example of a pull request event')
  const pull_request = { ...example.pull_request, number, id: number }
  return Buffer.from(JSON.stringify({ ...example, number, pull_request, installation: { id: 3 } }))
}

const made = new Map<string, readonly Signed[]>()

const signedBodies = (secret: string): readonly Signed[] => {
  const kept = made.get(secret)
  if (kept) return kept
  const bodies = Array.from({ length: BODIES }, (_, number) => {
    const body = bodyOf(100_000 + number)
    return { body, signature: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }
  })
  made.set(secret, bodies)
  return bodies
}

/**
 * Sends deliveries over so many connections, each with the next one as soon as the last was acknowledged.
 *
 * @returns acknowledgements a second. Throws when a delivery is refused.
 */
export const acknowledgements = async ({ port, secret, connections, during }: Load): Promise<number> => {
  const bodies = signedBodies(secret)
  const opened = await Promise.all(Array.from({ length: connections }, () => LoadConnection.to(port)))
  const start = performance.now()
  let sent = 0
  let acknowledged = 0
  const work = async (connection: LoadConnection): Promise<void> => {
    while (performance.now() - start < during) {
      const signed = bodies[sent % BODIES]
      if (!signed) throw new Error('there are no bodies to send')
      sent += 1
      const status = await connection.post(PATH, headersOf(signed, 'pull_request'), signed.body)
      if (status !== 200 && status !== 202) throw new Error(`a delivery was answered with ${status}`)
      acknowledged += 1
    }
  }
  try {
    await Promise.all(opened.map(work))
    return acknowledged / ((performance.now() - start) / 1_000)
  } finally {
    for (const connection of opened) connection.end()
  }
}

interface Event {
  readonly port: number
  readonly secret: string
  readonly event: string
  readonly body: object
}

export const PATH = '/api/github/webhooks'

/** Under a GUID of its own. */
export const headersOf = ({ signature }: Signed, event: string): string =>
  [
    'content-type: application/json',
    'user-agent: GitHub-Hookshot/bench',
    `x-github-delivery: ${randomUUID()}`,
    `x-github-event: ${event}`,
    `x-hub-signature-256: ${signature}`,
  ].join('\r\n')

/** Sends one event, over a connection of its own. @returns once it was acknowledged. @throws when it is refused. */
export const delivered = async ({ port, secret, event, body: content }: Event): Promise<void> => {
  const body = Buffer.from(JSON.stringify(content))
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const connection = await LoadConnection.to(port)
  try {
    const status = await connection.post(PATH, headersOf({ body, signature }, event), body)
    if (status !== 202) throw new Error(`a delivery was answered with ${status}`)
  } finally {
    connection.end()
  }
}
