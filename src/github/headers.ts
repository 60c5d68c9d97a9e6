export type Headers = { readonly [name: string]: unknown }

/** A header's whole number, not below zero; `null`: it is none. */
export const whole = (value: unknown): number | null => {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isSafeInteger(number) && number >= 0 ? number : null
}
