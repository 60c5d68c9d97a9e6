/** The value, or an error that names what a test spoke of and the world does not have. */
export const must = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined) throw new Error(`The world has no ${what}`)
  return value
}

/** Newest and oldest ends of a list that may be empty. */
export const last = <T>(list: readonly T[]): T | undefined => list[list.length - 1]
