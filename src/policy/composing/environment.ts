import { canonical } from '../reading/names.js'

/** Names come from outside; so many are kept. */
const KEPT = 1000
const folded = new Map<string, string>()

const fold = (name: string): string => {
  const before = folded.get(name)
  if (before !== undefined) return before
  if (folded.size >= KEPT) folded.clear()
  const fresh = canonical(name)
  folded.set(name, fresh)
  return fresh
}

/** Whether two names are one environment: case-blind, after Unicode NFKC. */
export const sameEnvironment = (a: string, b: string): boolean => a === b || fold(a) === fold(b)
