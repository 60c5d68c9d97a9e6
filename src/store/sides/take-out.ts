import { sha256 } from '../canonical.js'
import {
  isObject,
  LITERAL,
  peopleText,
  referenceOf,
  TAG,
  wordsOf,
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
  signedBy`.split(/\s+/),
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

/** The place of a reference in what is chained; its digest is filled in once the row is known. */
type Slot = { [tag in Tag]?: string } & { readonly of?: readonly number[] }

/** A row that what is chained refers to, found again by `lookup`. */
export interface Wanted extends Side {
  readonly lookup: string
  readonly fill: (digest: string) => void
}

export interface TakenOut {
  readonly body: unknown
  /** `null`: it rests on none. */
  readonly facts: unknown
  readonly wanted: readonly Wanted[]
}

const lookupOf = ({ kind, people, value }: Side): string => sha256(`${kind} ${peopleText(people)} ${value}`)

/** Gives out slots, and remembers which row each waits for: equal values share one. */
const slots = () => {
  const rows = new Map<string, Side & { readonly lookup: string; readonly places: Slot[] }>()
  const slot = (kind: SideKind, people: readonly number[], value: string): Slot => {
    const place: Slot = kind === 'name' || people.length === 0 ? {} : { of: people }
    const side = { kind, people, value }
    const lookup = lookupOf(side)
    const row = rows.get(lookup) ?? { ...side, lookup, places: [] }
    row.places.push(place)
    rows.set(lookup, row)
    return place
  }
  const wanted = (): readonly Wanted[] =>
    [...rows.values()].map(({ places, ...row }) => ({
      ...row,
      fill: (digest) => {
        for (const place of places) place[TAG[row.kind]] = digest
      },
    }))
  return { slot, wanted }
}

/** Others have no JSON form, which whoever writes the entry finds. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

type Take = (value: unknown, key: string, writers: readonly number[]) => unknown

/** Whose a text is that stands elsewhere without its writer. */
type Written = Map<string, readonly number[]>

const taker = (
  kind: 'text' | 'read',
  {
    mentioned,
    written,
    slot,
  }: {
    readonly mentioned: (text: string) => readonly number[]
    readonly written: Written
    readonly slot: ReturnType<typeof slots>['slot']
  },
): Take => {
  const text = (value: string, key: string, writers: readonly number[]): unknown => {
    if (value === '') return value
    const named = ascending([...mentioned(value), ...(written.get(value) ?? [])])
    if (TEXTS.has(key)) {
      const people = ascending([...writers, ...named])
      written.set(value, people)
      return slot(kind, people, value)
    }
    if (NAMES.has(key) || value.startsWith(NAMED)) return slot(kind, named, value)
    return CODES.has(key) || named.length === 0 ? value : slot(kind, named, value)
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
    if (isPerson(value)) return { ...value, login: slot('name', [value.id], value.login) }
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
  const { slot, wanted } = slots()
  const by = { mentioned, written: new Map(), slot }
  // Facts first: they tell whose a text is that a finding repeats.
  const taken = {
    facts: facts === null ? null : taker('read', by)(facts, '', []),
    body: taker('text', by)(body, '', []),
  }
  return { ...taken, wanted: wanted() }
}
