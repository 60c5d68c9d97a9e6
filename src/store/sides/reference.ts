import type { Json } from '../../policy/verdict.js'
import { sha256 } from '../canonical.js'

/**
 * What a side row holds. `name`: an account's login. `text`: what somebody wrote with an act, or was told. `read`: a text
 * that was read from GitHub and stands in facts only. `facts`: the document that a verdict rests on.
 */
export type SideKind = 'name' | 'text' | 'read' | 'facts'

export type Tag = '$name' | '$text' | '$facts'

/** The one key of a reference, by which a reader knows it. */
export const TAG: Readonly<Record<SideKind, Tag>> = { name: '$name', text: '$text', read: '$text', facts: '$facts' }

const TAGS: readonly Tag[] = ['$name', '$text', '$facts']

/** A value, and whose it is: the accounts it names or was written by. */
export interface Side {
  readonly kind: SideKind
  /** Ascending, each once. */
  readonly people: readonly number[]
  readonly value: string
}

/** People as they stand in a row: `,11,12,`, so that one is found with its commas; nobody: empty. */
export const peopleText = (people: readonly number[]): string => (people.length === 0 ? '' : `,${people.join(',')},`)

/** What stands in the ledger for a row. The salt is the row's own, so whoever guesses the value cannot tell by it. */
export const digestOfSide = (row: {
  readonly salt: string
  readonly kind: string
  readonly people: string
  readonly value: string
}): string => sha256(`${row.salt} ${row.kind} ${row.people} ${row.value}`)

/** Pairs of an object that is a value, and would be taken for a reference. */
export const LITERAL = '$literal'

export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface Reference {
  readonly tag: Tag
  readonly digest: string
}

/** The reference that a value is; `null`: it is a value. `refs`: the digests that facts count through. */
export const referenceOf = (value: unknown, refs: readonly string[] = []): Reference | null => {
  if (!isObject(value)) return null
  for (const tag of TAGS) {
    const to = value[tag]
    const digest = typeof to === 'number' ? refs[to] : to
    if (typeof digest === 'string') return { tag, digest }
  }
  return null
}

/** Facts as a row holds them: each name and text has its digest once, and stands as its place in `refs`. */
export interface FactsDocument {
  readonly refs: readonly string[]
  readonly facts: unknown
}

/** Every reference in an entry's body, in its order; those inside facts are not in it. */
export const referencesIn = (json: unknown, found: Reference[] = []): readonly Reference[] => {
  if (typeof json !== 'object' || json === null) return found
  const reference = referenceOf(json)
  if (reference !== null) found.push(reference)
  else for (const each of Object.values(json)) referencesIn(each, found)
  return found
}

/** A login, a word, a number: what stands between two characters that no login has. */
const WORDS = /[a-z0-9]+(?:[-_]+[a-z0-9]+)*(?:\[bot\])?/gi

/** The words of a text in lower case, as logins are compared. */
export const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(WORDS) ?? []
