import type { Forget } from './github/gateway.js'
import type { Lifetime } from './gatekeeper/ports.js'
import type { Store } from './store/store.js'

const SECOND = 1_000

/**
 * How long another instance waits for one that fell silent, and then up to a second more: it looks every second. Short,
 * where somebody waits for a job to start.
 */
export const lifetimeAmongInstances: Exclude<Lifetime, number> = (kind) => {
  switch (kind) {
    case 'deployment':
    case 'api_deployment':
    case 'start':
      return 3.5 * SECOND
    case 'change':
    case 'group':
    case 'push':
    case 'command':
    case 'press':
    case 'repository':
      return 45 * SECOND
  }
}

/** What an event that another instance took in has made old is forgotten here too. */
export const forgetWhatIsOld =
  ({ news }: Pick<Store, 'news'>, forget: (scope: Forget, about: readonly string[]) => void) =>
  async (): Promise<void> => {
    for (const { scope, about } of await news()) forget(scope, about)
  }
