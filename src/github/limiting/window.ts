import type { Instant } from '../../policy/facts.js'
import type { Allowance } from './limits.js'

/** What was spent of an allowance lately. */
export interface Window {
  add(now: Instant, amount: number): void
  /** The earliest instant at which `amount` more fits into this share of the allowance; `now` itself where it does. */
  roomAt(now: Instant, amount: number, share: number): Instant
}

/** A window that slides: what was spent counts until its length has passed. */
export const windowOf = ({ most, window }: Allowance): Window => {
  let spent: { readonly at: Instant; readonly amount: number }[] = []
  let sum = 0
  const forget = (now: Instant): void => {
    // Where the clock went back, what was spent before that counts as spent now: too long, and never for hours.
    if ((spent.at(-1)?.at ?? 0) > now) spent = spent.map(({ at, amount }) => ({ at: Math.min(at, now), amount }))
    const kept = spent.findIndex(({ at }) => at + window > now)
    const gone = spent.splice(0, kept < 0 ? spent.length : kept)
    sum -= gone.reduce((total, { amount }) => total + amount, 0)
  }
  return {
    add(now, amount) {
      forget(now)
      spent.push({ at: now, amount })
      sum += amount
    },
    roomAt(now, amount, share) {
      forget(now)
      let over = sum + amount - Math.floor(most * share)
      for (const { at, amount: freed } of spent) {
        if (over <= 0) return now
        over -= freed
        if (over <= 0) return at + window
      }
      return now // nothing is spent, or the call alone is larger than its share: it is made rather than never
    },
  }
}
