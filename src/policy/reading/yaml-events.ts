import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml'
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml'
import type { Span } from './problems.js'
import { FORBIDDEN_KEYS, WHOLE_NUMBER, type Node, type Pair, type ScalarNode } from './yaml-nodes.js'
import { spansIn, type SpanOf } from './yaml-spans.js'
import { DEEPEST, hidesSomething, type Leave } from './yaml-text.js'

/** What stands here is left to the parser that tells mistakes: it may be one, or merely rare. */
class Unusual extends Error {}

/** Controls but the line feed (a tab too), what moves positions, and what begins or ends a document. */
const UNUSUAL_TEXT = /(?!\n)\p{Cc}|\ufeff|^ *(?:---|\.\.\.|%)/mu
const LONGEST_KEY = 200

interface Source {
  readonly text: string
  /** Those still to be read, the next one last. */
  readonly events: Event[]
  /** Offset after the last value that was read: the events do not tell where a list or map ends. */
  end: number
  readonly spanOf: SpanOf
  readonly leave: Leave
}

/**
 * Reads a file in which everything is as it should be, several times as fast as the parser that tells mistakes.
 *
 * @returns the tree that `readYaml` returns, but that maps and lists end with their last value; `null`: something in it
 * is a mistake, or so rare that it is left to the other parser.
 */
export const readEvents = (text: string, leave: Leave): Node | null => {
  if (UNUSUAL_TEXT.test(text)) return null
  try {
    const events = parseEvents(text, { maxDepth: DEEPEST }).reverse()
    const source = { text, events, end: 0, spanOf: spansIn(text), leave }
    expectNext(source, EVENT_ID.DOCUMENT)
    const node = readNode(source)
    expectNext(source, EVENT_ID.POP)
    return events.length === 0 ? node : null
  } catch (error) {
    if (error instanceof Unusual || error instanceof YAMLException) return null
    throw error
  }
}

const expectNext = ({ events }: Source, type: Event['type']): void => {
  if (events.pop()?.type !== type) throw new Unusual()
}

const readNode = (source: Source): Node => {
  const event = source.events.pop()
  if (event === undefined || !('tagStart' in event) || event.anchorStart !== -1 || event.tagStart !== -1)
    throw new Unusual()
  if (event.type === EVENT_ID.SCALAR) return scalarOf(event, source)
  return event.type === EVENT_ID.MAPPING ? mapOf(event, source) : listOf(event, source)
}

/** Whether the map or list that is being read ends here; steps over its end. */
const ends = ({ events }: Source): boolean => {
  if (events.at(-1)?.type !== EVENT_ID.POP) return false
  events.pop()
  return true
}

const listOf = (event: SequenceEvent, source: Source): Node => {
  const items: Node[] = []
  while (!ends(source)) items.push(readNode(source))
  return { kind: 'list', items, span: spanOfWhole(event, source) }
}

const mapOf = (event: MappingEvent, source: Source): Node => {
  const pairs: Pair[] = []
  const seen = new Set<string>()
  while (!ends(source)) {
    const key = readNode(source)
    if (key.kind !== 'scalar' || !isKey(key.text) || seen.has(key.text)) throw new Unusual()
    seen.add(key.text)
    pairs.push({ key: key.text, keySpan: key.span, value: readNode(source) })
  }
  return { kind: 'map', pairs, span: spanOfWhole(event, source) }
}

const isKey = (text: string): boolean => text !== '' && text.length <= LONGEST_KEY && !FORBIDDEN_KEYS.has(text)

/** What may stand between the last value in brackets and the closing one. */
const CLOSING = /(?:[\s,:]|#[^\n]*)*[\]}]/y

const spanOfWhole = ({ start }: SequenceEvent | MappingEvent, source: Source): Span => {
  if (/[[{]/.test(source.text.charAt(start))) {
    CLOSING.lastIndex = Math.max(source.end, start + 1)
    if (!CLOSING.test(source.text)) throw new Unusual()
    source.end = CLOSING.lastIndex
  }
  return source.spanOf(start, source.end)
}

const scalarOf = (event: ScalarEvent, source: Source): ScalarNode => {
  const { style, valueStart, valueEnd } = event
  if (valueStart === -1) throw new Unusual()
  const { text: file, leave } = source
  const text = getScalarValue(file, event)
  if (leave.anyText !== true && hidesSomething(text)) throw new Unusual()
  const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED
  const block = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK
  const start = block ? headerBefore(file, valueStart) : valueStart - (quoted ? 1 : 0)
  source.end = valueEnd + (quoted ? 1 : 0)
  const value = style === SCALAR_STYLE.PLAIN ? coreValue(text) : text
  return { kind: 'scalar', value, text, span: source.spanOf(start, source.end) }
}

const HEADER = /[|>][-+0-9]* *$/

const headerBefore = (text: string, valueStart: number): number => {
  const from = text.lastIndexOf('\n', valueStart - 2) + 1
  const at = text.slice(from, valueStart - 1).search(HEADER)
  if (at === -1) throw new Unusual()
  return from + at
}

/** YAML 1.2's core schema, as far as a {@link ScalarNode} keeps it: numbers that are not plain whole ones stay text. */
const coreValue = (text: string): ScalarNode['value'] => {
  if (/^(?:~|null|Null|NULL)$/.test(text)) return null
  if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) return /^t/i.test(text)
  return WHOLE_NUMBER.test(text) ? Number(text) : text
}
