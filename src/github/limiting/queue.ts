import type { Urgency } from '../../gatekeeper/ports.js'

/** Places for what is under way at once; who finds none stands in line, the most urgent first, then the oldest. */
export interface Queue {
  /** Resolves once there is a place; what it gives is called when the place is free again. */
  enter(urgency: Urgency): Promise<() => void>
}

export const createQueue = (places: number): Queue => {
  const lines: { readonly [Of in Urgency]: (() => void)[] } = { release: [], change: [], background: [] }
  let free = places
  const leave = (): void => {
    const next = lines.release.shift() ?? lines.change.shift() ?? lines.background.shift()
    if (next === undefined) free += 1
    else next()
  }
  return {
    async enter(urgency) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => lines[urgency].push(resolve))
      return leave
    },
  }
}
