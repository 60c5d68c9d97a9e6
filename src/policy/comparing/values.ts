import { opposite, stronger, weaker, type Change, type Direction } from './changes.js'
import { codeSpan, listOf } from '../words/text.js'

/** Comparing what is counted, listed or true, one parameter at a time. */

const named = (names: readonly string[]): string => {
  const shown = names.slice(0, 10).map(codeSpan)
  return listOf(names.length > 10 ? [...shown, `${names.length - 10} more`] : shown)
}

/** A list in which each entry asks one thing more. */
export const demands = (what: string, before: readonly string[], after: readonly string[]): readonly Change[] => [
  ...gone(before, after, (names) => weaker(`${what}${named(names)} ${isOrAre(names)} no longer asked`)),
  ...gone(after, before, (names) => stronger(`${what}${named(names)} ${isOrAre(names)} asked too`)),
]

/** A list in which each entry lets one thing more pass. */
export const allowances = (what: string, before: readonly string[], after: readonly string[]): readonly Change[] => [
  ...gone(after, before, (names) => weaker(`${what}${named(names)} ${isOrAre(names)} allowed too`)),
  ...gone(before, after, (names) => stronger(`${what}${named(names)} ${isOrAre(names)} no longer allowed`)),
]

/** The same where no list at all lets everything pass. */
export const limits = (
  what: string,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): readonly Change[] => {
  if (before !== undefined && after !== undefined) return allowances(what, before, after)
  if (before === undefined && after === undefined) return []
  return after === undefined
    ? [weaker(`${what}no longer limited to ${named(before ?? [])}`)]
    : [stronger(`${what}limited to ${named(after)} now`)]
}

const gone = (
  from: readonly string[],
  to: readonly string[],
  say: (names: readonly string[]) => Change,
): readonly Change[] => {
  const names = [...new Set(from)].filter((name) => !to.includes(name))
  return names.length === 0 ? [] : [say(names)]
}

const isOrAre = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are')

/** A number; `larger` says what more of it does. */
export const amounts = (before: number, after: number, larger: Direction, words: string): readonly Change[] =>
  before === after ? [] : [{ direction: after > before ? larger : opposite(larger), words }]

/** A value that is true or false; `on` says what true does. */
export const switches = (before: boolean, after: boolean, on: Direction, what: string): readonly Change[] =>
  before === after
    ? []
    : [{ direction: after ? on : opposite(on), words: `${what} is ${String(after)} instead of ${String(before)}` }]
