import { z } from 'zod'
import { ask } from '../facts.js'
import { oneOrMore } from '../parameters.js'
import { allow, defineRule, deny } from '../rule.js'

/** The only events a policy may name: runs of any other are refused for every gated environment. */
export const EVENTS = [
  'push',
  'workflow_dispatch',
  'release',
  'schedule',
  'repository_dispatch',
  'api',
  'pull_request',
] as const
/** What a release gate asks for where no layer names events; a repository may always name these. */
export const DEFAULT_EVENTS = ['push', 'workflow_dispatch', 'release', 'schedule'] as const

/** The run was started by one of the events listed. */
export const event = defineRule({
  name: 'event',
  about: 'The event that started the run is listed.',
  gates: ['release'],
  predicate: true,
  params: z.strictObject({ in: oneOrMore(z.enum(EVENTS), 'event').prefault([...DEFAULT_EVENTS]) }),
  asks: () => ({ deployment: ask.deployment }),
  check: ({ deployment }, { in: events }) =>
    events.some((each) => each === deployment.event)
      ? allow({ event: deployment.event })
      : deny('event_not_allowed', { event: deployment.event, in: events }),
})
