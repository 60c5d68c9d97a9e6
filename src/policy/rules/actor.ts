import { z } from 'zod'
import { ask, type Deployment } from '../facts.js'
import { oneOrMore } from '../parameters.js'
import { allow, defineRule, deny, undecided } from '../rule.js'

const KINDS = ['user', 'app', 'schedule'] as const

/** What kind of starter this attempt has; `null`: nobody can tell. A schedule has no person behind it until it is re-run. */
const kindOf = ({ event, attempt, by }: Deployment): (typeof KINDS)[number] | null => {
  if (event === 'schedule' && (attempt === 1 || by === null)) return 'schedule'
  return by?.kind ?? null
}

/** A person, an app or a schedule started this attempt, as listed. */
export const actor = defineRule({
  name: 'actor',
  about: 'The kind of starter (person, app, schedule) is listed.',
  gates: ['release'],
  predicate: true,
  params: z.strictObject({ kind: oneOrMore(z.enum(KINDS), 'kind of starter') }),
  asks: () => ({ deployment: ask.deployment }),
  check({ deployment }, { kind: kinds }) {
    const kind = kindOf(deployment)
    if (kind === null)
      return undecided('fact_unknown', { fact: 'deployment', reason: 'it names nobody who started this attempt' })
    return kinds.includes(kind) ? allow({ kind }) : deny('actor_not_allowed', { kind, in: kinds })
  },
})
