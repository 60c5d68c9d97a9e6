import { createHmac, timingSafeEqual } from 'node:crypto'

const SIGNATURE = /^sha256=([0-9a-f]{64})$/

/** The digest that `X-Hub-Signature-256` carries; `null`: it is missing or malformed. */
export const signatureOf = (header: string | string[] | undefined): Buffer | null => {
  const hex = typeof header === 'string' ? SIGNATURE.exec(header)?.[1] : undefined
  return hex === undefined ? null : Buffer.from(hex, 'hex')
}

/** Whether one of the secrets signed exactly these bytes. Takes the same time wherever two digests differ. */
export const isSigned = (body: Buffer, signature: Buffer, secrets: readonly string[]): boolean =>
  secrets.some((secret) => timingSafeEqual(createHmac('sha256', secret).update(body).digest(), signature))
