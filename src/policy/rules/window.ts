import { windowsSchema, windowState, type Window } from '../time/calendar.js'
import { allow, defineRule, wait } from '../rule.js'

/** The zone that all of them are written in, so that times can be told as the policy's author thinks of them. */
const zone = (windows: readonly Window[]): { readonly timezone?: string } => {
  const [first, ...more] = new Set(windows.map(({ timezone }) => timezone))
  return first === undefined || more.length > 0 ? {} : { timezone: first }
}

/** Now is inside one of the windows; otherwise it waits for the next one to open. */
export const window = defineRule({
  name: 'window',
  about: 'Now is inside one of the windows.',
  gates: ['release'],
  predicate: false,
  params: windowsSchema,
  asks: () => ({}),
  check(_, windows, { now }) {
    const { open, opensAt, closesAt } = windowState(windows, now)
    if (open) return allow({ closesAt, ...zone(windows) }, closesAt === null ? {} : { lookAgainAt: closesAt })
    return wait('window_closed', { opensAt, ...zone(windows) }, opensAt === null ? {} : { lookAgainAt: opensAt })
  },
})
