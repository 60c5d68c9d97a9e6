import type { Probot } from 'probot'
import type { Clock } from './gatekeeper/ports.js'
import type { Collector } from './handlers/collector.js'
import { EVENTS, type HintsOf } from './handlers/index.js'

export interface AppParts {
  readonly hintsOf: HintsOf
  readonly collector: Collector
  readonly clock: Clock
}

/** The Probot app: hands each event to its handler, and what the handler names to the collector. Nothing else. */
export default ({ hintsOf, collector, clock }: AppParts) =>
  (app: Probot): void => {
    for (const name of EVENTS) {
      app.on(name, ({ id, payload }) => {
        collector.collect(id, () => hintsOf({ id, name, payload }, clock.now()))
      })
    }
  }
