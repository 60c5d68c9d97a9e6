import { foundIn, fitsPattern } from '../patterns.js'
import { patterns } from '../parameters.js'
import { z } from 'zod'

/** `matches` and `not_matches`, of which at least one is given. */
export const matching = z
  .strictObject({ matches: patterns.optional(), not_matches: patterns.optional() })
  .refine(({ matches, not_matches }) => matches ?? not_matches, { error: 'must have matches or not_matches' })
export type Matching = z.output<typeof matching>

const fits = ({ matches, not_matches }: Matching, value: string, how: typeof foundIn): boolean =>
  (matches === undefined || how(matches, value)) && (not_matches === undefined || !how(not_matches, value))

/** A pattern fits the whole value, and none of `not_matches` does. */
export const fitsWhole = (given: Matching, value: string): boolean => fits(given, value, fitsPattern)

/** A pattern is found in the text, and none of `not_matches` is. */
export const fitsSomewhere = (given: Matching, text: string): boolean => fits(given, text, foundIn)

/** How many names a finding lists; the rest is counted. */
const LISTED = 20

/** The first names of a long list; a finding is shown to people. */
export const listed = (names: readonly string[]): readonly string[] =>
  names.length <= LISTED ? names : [...names.slice(0, LISTED), `and ${names.length - LISTED} more`]

/** Each once, in a fixed order. */
export const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort()

/** The patterns asked for, as a finding shows them. */
export const asked = ({ matches, not_matches }: Matching) => ({ matches: matches ?? [], notMatches: not_matches ?? [] })
