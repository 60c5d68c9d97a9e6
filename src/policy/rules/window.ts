import { windowsSchema, windowState } from '../time/calendar.js'
import { allow, defineRule, wait } from '../rule.js'

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
    if (open) return allow({ closesAt }, closesAt === null ? {} : { lookAgainAt: closesAt })
    return wait('window_closed', { opensAt }, opensAt === null ? {} : { lookAgainAt: opensAt })
  },
})
