import { crc32 } from 'node:zlib'
import { sha256 } from '../canonical.js'
import type { Delivery } from '../../gatekeeper/ports.js'
import type { Instant } from '../../policy/facts.js'

/** A delivery as the journal keeps it; `digest` is the SHA-256 of its body, in hex. */
export interface Kept {
  readonly guid: string
  readonly event: string
  readonly receivedAt: Instant
  readonly digest: string
  readonly body: string
}

interface Head {
  readonly guid: string
  readonly event: string
  readonly receivedAt: Instant
  /** Of the body that follows, in UTF-8. */
  readonly bytes: number
}

const CHECKSUM = 8
const NEWLINE = 10
/** Bytes of a head at most: its GUID and event are short, or the front door refuses them. */
const LONGEST_HEAD = 4_096

const checksum = (text: string | Buffer): string => crc32(text).toString(16).padStart(CHECKSUM, '0')

/** A delivery as it is written: `bytes` is a checksum and a line of JSON that says what follows, and the body as it was signed. */
export interface Frame {
  readonly bytes: readonly Buffer[]
  readonly receivedAt: Instant
  readonly kept: () => Kept
}

const END = Buffer.from('\n')

const keptOf = ({ guid, event, receivedAt }: Head, bytes: Buffer): Kept => ({
  guid,
  event,
  receivedAt,
  digest: sha256(bytes),
  body: bytes.toString('utf8'),
})

export const frameOf = ({ guid, event, receivedAt, body }: Delivery): Frame => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const head: Head = { guid, event, receivedAt, bytes: bytes.length }
  const line = JSON.stringify(head)
  return {
    receivedAt,
    bytes: [Buffer.from(`${checksum(line)} ${line}\n`), bytes, END],
    kept: () => keptOf(head, bytes),
  }
}

/** What stands at a place: a whole delivery and where it ends; that so many bytes are needed to tell; or no delivery. */
export type Read =
  | { readonly kind: 'whole'; readonly kept: Kept; readonly end: number }
  | { readonly kind: 'short'; readonly needed: number }
  | { readonly kind: 'torn' }

const TORN: Read = { kind: 'torn' }

/** The checksum fits what this program wrote, so it is JSON of that form. */
const headIn = (line: Buffer): Head | null => {
  const text = line.subarray(CHECKSUM + 1)
  if (line.toString('latin1', 0, CHECKSUM) !== checksum(text)) return null
  return JSON.parse(text.toString('utf8')) as Head
}

/**
 * Reads the delivery that begins at `at`. What was written halfway is torn: what the disk did not get reads as NULs, which
 * no body holds, and is cheaper to look for than a digest of each body is to make.
 */
export const readFrame = (buffer: Buffer, at: number): Read => {
  const lineEnd = buffer.indexOf(NEWLINE, at)
  if (lineEnd === -1) return buffer.length - at > LONGEST_HEAD ? TORN : { kind: 'short', needed: LONGEST_HEAD }
  const head = headIn(buffer.subarray(at, lineEnd))
  if (head === null) return TORN
  const end = lineEnd + 1 + head.bytes + 1
  if (end > buffer.length) return { kind: 'short', needed: end - at }
  const bytes = buffer.subarray(lineEnd + 1, end - 1)
  if (bytes.includes(0) || buffer[end - 1] !== NEWLINE) return TORN
  return { kind: 'whole', kept: keptOf(head, bytes), end }
}
