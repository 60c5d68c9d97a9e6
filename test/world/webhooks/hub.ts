import { createHash, createHmac } from 'node:crypto'
import { bodyOf } from './body.js'
import type { Delivery } from './delivery.js'
import type { Happening, Platform } from '../state/platform.js'
import type { Installation } from '../state/apps.js'

/** Events an app gets without asking. */
const ALWAYS = new Set(['installation', 'installation_repositories', 'github_app_authorization'])

/** GitHub's side of the webhook: signs, sends, remembers, and loses or repeats what it is told to. */
export class Hub {
  /** Every delivery that was tried or lost, oldest first. */
  readonly delivered: Delivery[] = []
  /** Where the app listens; `null`: what happens is recorded, and sent nowhere. */
  target: string | null = null
  secret = ''
  readonly #platform: Platform
  #queue: Delivery[] = []
  #held: Delivery[] | null = null
  #lose: { left: number; readonly event: string | undefined } = { left: 0, event: undefined }
  #double: { left: number; readonly event: string | undefined } = { left: 0, event: undefined }
  #pumping: Promise<void> | null = null
  /** Send by itself as things happen; otherwise only on {@link deliver}. */
  automatic = true

  constructor(platform: Platform) {
    this.#platform = platform
    platform.onHappening((happening) => this.#take(happening))
  }

  /** The next so many deliveries (of this event) never arrive; GitHub lists them as failed. */
  lose(count = 1, event?: string): void {
    this.#lose = { left: count, event }
  }

  /** The next so many deliveries (of this event) arrive twice, with one GUID. */
  double(count = 1, event?: string): void {
    this.#double = { left: count, event }
  }

  /** Keeps deliveries back until {@link release}. */
  hold(): void {
    this.#held ??= []
  }

  /** Lets go what was held, in order or from the last. */
  release(order: 'in order' | 'reversed' = 'in order'): Promise<void> {
    const held = this.#held ?? []
    this.#held = null
    this.#queue.push(...(order === 'reversed' ? [...held].reverse() : held))
    return this.deliver()
  }

  /** Deliveries that wait: queued or held. */
  get waiting(): readonly Delivery[] {
    return [...this.#queue, ...(this.#held ?? [])]
  }

  redeliver(delivery: Delivery): void {
    this.#enqueue({
      ...delivery,
      id: this.#platform.nextId('Delivery'),
      redelivery: true,
      statusCode: 0,
      deliveredAt: null,
    })
  }

  #take(happening: Happening): void {
    for (const installation of this.#platform.installations) {
      if (!this.#concerns(installation, happening)) continue
      const body = bodyOf(this.#platform, happening, installation)
      const id = this.#platform.nextId('Delivery')
      const raw = JSON.stringify(body)
      const guid = guidOf(`${id}`)
      this.#enqueue({
        id,
        guid,
        happening,
        body,
        raw,
        headers: this.#headers(happening.event, guid, raw, installation),
        redelivery: false,
        statusCode: 0,
        deliveredAt: null,
      })
    }
  }

  #concerns(
    { app, account, events, suspendedAt, repositories }: Installation,
    { event, repository, organisation, onlyTo, action }: Happening,
  ): boolean {
    if (app.publicKeys.length === 0 || (onlyTo && onlyTo !== app)) return false
    if (ALWAYS.has(event)) return organisation === undefined || organisation === account
    if (suspendedAt !== null || (!events.includes(event) && !(event === 'check_run' && action.startsWith('re'))))
      return false
    if (!repository) return organisation === account
    return repository.owner === account && (repositories === null || repositories.has(repository.id))
  }

  #headers(event: string, guid: string, raw: string, { app }: Installation): Readonly<Record<string, string>> {
    return {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-github-hook-id': '1',
      'x-github-hook-installation-target-id': String(app.id),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature-256': `sha256=${createHmac('sha256', this.secret).update(raw).digest('hex')}`,
    }
  }

  #enqueue(delivery: Delivery): void {
    if (this.#held) this.#held.push(delivery)
    else this.#queue.push(delivery)
    if (this.automatic && this.target !== null) this.#pump()
  }

  /** Sends what is queued, and what is queued meanwhile. */
  async deliver(): Promise<void> {
    this.#pump()
    await this.#pumping
  }

  #pump(): void {
    this.#pumping ??= this.#drain().finally(() => {
      this.#pumping = null
    })
  }

  async #drain(): Promise<void> {
    await Promise.resolve()
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      this.delivered.push(next)
      next.deliveredAt = this.#platform.clock.now()
      if (this.#uses(this.#lose, next)) continue
      await this.#send(next)
      if (this.#uses(this.#double, next)) await this.#send(next)
    }
  }

  #uses(fate: { left: number; readonly event: string | undefined }, { happening, redelivery }: Delivery): boolean {
    if (fate.left === 0 || redelivery || (fate.event !== undefined && fate.event !== happening.event)) return false
    fate.left -= 1
    return true
  }

  /** A dead app makes a failed delivery, as at GitHub, not an error here. */
  async #send(delivery: Delivery): Promise<void> {
    if (this.target === null) {
      delivery.statusCode = 200
      return
    }
    try {
      const response = await fetch(this.target, { method: 'POST', headers: delivery.headers, body: delivery.raw })
      await response.arrayBuffer()
      delivery.statusCode = response.status
    } catch (error) {
      // By name: under Jest, fetch's errors come from another realm.
      if (
        !(error instanceof Error || (typeof error === 'object' && error !== null && 'name' in error)) ||
        error.name !== 'TypeError'
      )
        throw error
      delivery.statusCode = 0
    }
  }
}

const guidOf = (seed: string): string => {
  const hex = createHash('sha1').update(`delivery ${seed}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
