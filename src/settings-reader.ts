export type Environment = Readonly<Record<string, string | undefined>>

/** Reads variables one by one and remembers every problem. An empty variable counts as absent. */
export interface Reader {
  readonly problems: string[]
  /** The value without white space around it; `null`: absent or empty. */
  readonly value: (name: string) => string | null
  /** A value that fits, or the fallback; one that does not fit is a problem. */
  fitting<T>(name: string, fallback: T, parse: (value: string) => T | null, must: string): T
  /** The values of a secret that may be rotated: one or two, newest first. None of them is ever shown. */
  secrets(name: string, problemOf: (value: string) => string | null, remedy: string): readonly string[]
}

/** A value as a message may show it: quoted, short, and without the user and password of an address. */
export const shown = (value: string): string => {
  const open = value.replace(/\/\/[^/]*@/g, '//…@')
  return JSON.stringify(open.length > 100 ? `${open.slice(0, 100)}…` : open)
}

export const createReader = (env: Environment): Reader => {
  const problems: string[] = []
  const value = (name: string) => env[name]?.trim() || null
  return {
    problems,
    value,
    fitting(name, fallback, parse, must) {
      const given = value(name)
      if (given === null) return fallback
      const fit = parse(given)
      if (fit === null) problems.push(`${name} is ${shown(given)}; ${must}`)
      return fit ?? fallback
    },
    secrets(name, problemOf, remedy) {
      const given = value(name)
      if (given === null) return []
      const values = given.split(',').map((one) => one.trim())
      if (values.length > 2 || values.includes('')) {
        problems.push(`${name} holds ${values.length} values; give one, or two separated by a comma, newest first.`)
      }
      values.filter(Boolean).forEach((one, index) => {
        const problem = problemOf(one)
        const which = values.length === 1 ? name : `${name}, value ${index + 1},`
        if (problem !== null) problems.push(`${which} ${problem}. ${remedy}`)
      })
      return values
    },
  }
}

export const RANDOM_SECRET = 'Use a long random text, for example of `openssl rand -hex 32`.'

export const tooShort = (least: number) => (value: string) =>
  value.length < least ? `has fewer than ${least} characters` : null
