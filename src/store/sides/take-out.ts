import { sha256 } from '../canonical.js'
import {
  isObject,
  LITERAL,
  peopleText,
  referenceOf,
  TAG,
  wordsOf,
  type FactsDocument,
  type Side,
  type SideKind,
  type Tag,
} from './reference.js'

/** What a person wrote, or was told, wherever it stands. */
export const TEXTS = new Set(`title body message comment reason releaseNotes text description found`.split(' '))
/** Logins that stand as they are. */
const NAMES = new Set(`by may mayNot approved objectors authors wrong startedBy deployer`.split(' '))
/** What a policy calls a person by. */
const NAMED = 'users/'
/** Whose text it is, in the object that holds both. */
const WRITERS = ['by', 'author', 'committer', 'coAuthors', 'editedBy'] as const
/** Never a person's name, also where somebody's login is the same word. */
export const CODES = new Set(
  `sha headSha after before since parents commit decision outcome code also rule kind state conclusion via act what gate
  layer source event environment target base branch defaultBranch key holder digest path author committer coAuthors
  signedBy delivery guid`.split(/\s+/),
)

export interface Person {
  readonly id: number
  readonly login: string
}

export const isPerson = (value: unknown): value is Person =>
  isObject(value) &&
  typeof value['id'] === 'number' &&
  typeof value['login'] === 'string' &&
  (value['kind'] === 'user' || value['kind'] === 'app')

export const peopleIn = (value: unknown, found: Person[] = []): readonly Person[] => {
  if (isPerson(value)) found.push(value)
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) peopleIn(each, found)
  return found
}

const ascending = (ids: Iterable<number>): readonly number[] => [...new Set(ids)].sort((a, b) => a - b)

export const writersIn = (value: Readonly<Record<string, unknown>>): readonly number[] =>
  WRITERS.flatMap((key) => [value[key]].flat())
    .filter(isPerson)
    .map(({ id }) => id)

/** The place of a reference in an entry; its digest is filled in once the row is known. In facts: its place in `refs`. */
type Slot = { [tag in Tag]?: string | number } & { readonly of?: readonly number[] }

/** A row that what is chained refers to, found again by `lookup`. */
export interface Wanted extends Side {
  readonly lookup: string
  readonly fill: (digest: string) => void
}

export interface TakenOut {
  readonly body: unknown
  readonly facts: FactsDocument
  readonly wanted: readonly Wanted[]
}

interface Row extends Side {
  readonly places: Slot[]
  /** Where it stands among the digests that facts count through. */
  index: number | null
}

/** Gives out places for references, and remembers which row each waits for: equal values share one. */
const places = () => {
  const rows = new Map<string, Row>()
  const refs: string[] = []
  const rowOf = (kind: SideKind, people: readonly number[], value: string): Row => {
    const key = `${kind} ${peopleText(people)} ${value}`
    const row = rows.get(key) ?? { kind, people, value, places: [], index: null }
    rows.set(key, row)
    return row
  }
  const inBody: Place = (kind, people, value) => {
    const place: Slot = kind === 'name' || people.length === 0 ? {} : { of: people }
    rowOf(kind, people, value).places.push(place)
    return place
  }
  const inFacts: Place = (kind, people, value) => {
    const row = rowOf(kind, people, value)
    row.index ??= refs.push('') - 1
    return { [TAG[kind]]: row.index }
  }
  const wanted = (): readonly Wanted[] =>
    [...rows].map(([key, row]) => ({
      kind: row.kind,
      people: row.people,
      value: row.value,
      lookup: sha256(key),
      fill: (digest) => {
        for (const place of row.places) place[TAG[row.kind]] = digest
        if (row.index !== null) refs[row.index] = digest
      },
    }))
  return { inBody, inFacts, refs, wanted }
}

type Place = (kind: SideKind, people: readonly number[], value: string) => Slot

/** Others have no JSON form, which whoever writes the entry finds. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

type Take = (value: unknown, key: string, writers: readonly number[]) => unknown

/** Whose a text is that stands elsewhere without its writer. */
type Written = Map<string, readonly number[]>

interface Taking {
  readonly kind: 'text' | 'read'
  readonly place: Place
  readonly mentioned: (text: string) => readonly number[]
  readonly written: Written
}

const taker = ({ kind, place, mentioned, written }: Taking): Take => {
  const text = (value: string, key: string, writers: readonly number[]): unknown => {
    const isText = TEXTS.has(key)
    const isName = !isText && (NAMES.has(key) || value.startsWith(NAMED))
    if (value === '' || (!isText && !isName && CODES.has(key))) return value
    const named = [...mentioned(value), ...(written.get(value) ?? [])]
    if (!isText) return isName || named.length > 0 ? place(kind, ascending(named), value) : value
    const people = ascending([...writers, ...named])
    written.set(value, people)
    return place(kind, people, value)
  }
  const object = (value: Readonly<Record<string, unknown>>): unknown => {
    const writers = writersIn(value)
    // What looks like a reference is nothing of ours: all of it may be somebody's text.
    const isStrange = referenceOf(value) !== null
    const entries = Object.entries(value).map(
      ([key, of]) => [key, take(of, isStrange ? 'text' : key, writers)] as const,
    )
    return isStrange ? { [LITERAL]: entries } : Object.fromEntries(entries)
  }
  const take: Take = (value, key, writers) => {
    if (typeof value === 'string') return text(value, key, writers)
    if (Array.isArray(value)) return value.map((each) => take(each, key, writers))
    if (isPerson(value)) return { ...value, login: place('name', [value.id], value.login) }
    return isObject(value) && isPlain(value) ? object(value) : value
  }
  return take
}

/** Which of these people a text names, by their logins. */
const mentionsOf = (people: readonly Person[]): ((text: string) => readonly number[]) => {
  const byLogin = new Map<string, Set<number>>()
  for (const { id, login } of people) {
    const key = login.toLowerCase()
    byLogin.set(key, (byLogin.get(key) ?? new Set()).add(id))
  }
  return (text) => wordsOf(text).flatMap((word) => [...(byLogin.get(word) ?? [])])
}

/**
 * Takes names and texts out of an entry and of the facts it rests on, and leaves references in their places. What stays
 * are numeric ids, codes, commits, decisions, and names of things.
 */
export const takeOut = (body: unknown, facts: unknown): TakenOut => {
  const mentioned = mentionsOf(peopleIn(facts, [...peopleIn(body)]))
  const { inBody, inFacts, refs, wanted } = places()
  const by = { mentioned, written: new Map() }
  // Facts first: they tell whose a text is that a finding repeats.
  const found = taker({ ...by, kind: 'read', place: inFacts })(facts, '', [])
  const taken = taker({ ...by, kind: 'text', place: inBody })(body, '', [])
  return { body: taken, facts: { refs, facts: found }, wanted: wanted() }
}
