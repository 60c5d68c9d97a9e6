import type { Unreadable } from '../gatekeeper/ports.js'
import { GraphqlTrouble, unreadable, type GraphqlError } from './errors.js'

/** A part of a document under `@skip(if: $noName)`, and where in the reply an error is its own: a dotted path. */
export interface Part {
  readonly name: string
  readonly at: RegExp
}

export interface Answer<T> {
  readonly reply: T
  /** The parts that GitHub did not show, each with the reason. */
  readonly refused: ReadonlyMap<string, Unreadable>
}

/** The errors of a refused query by the part that each lies in; `null`: one lies in none, or it was no such refusal. */
const refusedParts = (
  error: unknown,
  parts: readonly Part[],
): ReadonlyMap<string, readonly [GraphqlError, ...GraphqlError[]]> | null => {
  const trouble = error instanceof Error ? error.cause : undefined
  if (!(trouble instanceof GraphqlTrouble)) return null
  const found = new Map<string, [GraphqlError, ...GraphqlError[]]>()
  for (const one of trouble.errors) {
    const part = parts.find(({ at }) => at.test(one.path))
    if (!part) return null
    found.set(part.name, [one, ...(found.get(part.name) ?? [])])
  }
  return found
}

/** Asks until a reply has no error, each time without what was refused; what is left out never comes back. */
export const askInParts = async <T>(
  what: string,
  read: (without: Readonly<Record<string, true>>) => Promise<T>,
  parts: readonly Part[],
): Promise<Answer<T>> => {
  const refused = new Map<string, Unreadable>()
  for (;;) {
    try {
      const without = Object.fromEntries([...refused.keys()].map((name) => [variableOf(name), true as const]))
      return { reply: await read(without), refused }
    } catch (error) {
      const open = parts.filter(({ name }) => !refused.has(name))
      const found = refusedParts(error, open)
      if (found === null || found.size === 0) throw error
      for (const [name, [{ type, message }]] of found)
        refused.set(name, unreadable(`${name} of ${what}`, `GitHub answered ${type}: ${message}`))
    }
  }
}

/** The variable that leaves a part out. */
export const variableOf = (part: string): string => `no${part.slice(0, 1).toUpperCase()}${part.slice(1)}`
