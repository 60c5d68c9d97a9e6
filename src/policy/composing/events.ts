import { rulesIn } from '../reading/walk.js'
import type { ReleaseSection } from '../reading/policy-document.js'
import { DEFAULT_EVENTS } from '../rules/event.js'
import type { Place } from '../verdict.js'

/** Events that one rule of a section names. */
export interface EventsNamed {
  readonly events: readonly string[]
  readonly place: Place
}

export const eventsNamed = ({ release, rollback }: ReleaseSection): readonly EventsNamed[] =>
  [...(release ?? []), ...(rollback?.entries ?? [])]
    .flatMap(rulesIn)
    .flatMap(({ rule, params, place }) => (rule.name === 'event' ? [{ events: namesIn(params), place }] : []))

/** The events that a repository may name below these sections of the organisation's file. */
export const eventsOpenBelow = (above: readonly ReleaseSection[]): readonly string[] => {
  const named = above.flatMap((section) => eventsNamed(section).flatMap(({ events }) => events))
  return [...new Set([...DEFAULT_EVENTS, ...named])].filter((event) => event !== 'pull_request')
}

const namesIn = (params: unknown): readonly string[] =>
  typeof params === 'object' && params !== null && 'in' in params && Array.isArray(params.in)
    ? params.in.map(String)
    : []
