import type { Happening } from '../state/platform.js'

/** One delivery, or its repetition: same GUID, new id. */
export interface Delivery {
  readonly id: number
  readonly guid: string
  readonly happening: Happening
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
  readonly raw: string
  readonly redelivery: boolean
  /** 0: nobody answered. */
  statusCode: number
  deliveredAt: number | null
}
