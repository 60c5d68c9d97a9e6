import { z } from 'zod'
import { ask, type Change, type Deployment, type Person, type Shipment } from '../facts.js'
import type { Gate } from '../gate.js'
import { people } from '../parameters.js'
import { membersOfAny } from '../people.js'
import { allow, defineRule, deny, undecided, wait, type Asked } from '../rule.js'
import { shipmentOf, shippedBy } from '../evidence/ships.js'
import { listed, sorted } from './values.js'

interface Authors {
  /** `null`: an author who has no account. */
  readonly authors: readonly (Person | null)[]
  /** Commits that no pull request brought. */
  readonly direct: readonly string[]
  readonly untold: boolean
}

const authorsIn = (gate: Gate): Asked<Authors> =>
  gate.kind === 'release'
    ? {
        questions: [ask.deployment, shipmentOf(gate)],
        join: (answers) => {
          const [deployment, shipment] = answers as readonly [Deployment, Shipment]
          const { changes, direct, headMissing, endless, commits } = shippedBy(deployment.sha, shipment)
          const untold = headMissing || (endless && commits.length === 0)
          return { authors: changes.map(({ author: by }) => by), direct: direct.map(({ sha }) => sha), untold }
        },
      }
    : {
        questions: [ask.change],
        join: (answers) => ({ authors: [(answers as readonly [Change])[0].author], direct: [], untold: false }),
      }

/** The pull request's author, or of every pull request that ships, is in a group, or is in none of another. */
export const author = defineRule({
  name: 'author',
  about: 'The author of the pull request, or of every one that ships, is in the group (`in`) or is not (`not_in`).',
  gates: ['merge', 'policy', 'release'],
  predicate: true,
  params: z
    .strictObject({ in: people.optional(), not_in: people.optional() })
    .refine((given) => given.in ?? given.not_in, { error: 'must have in or not_in' }),
  groups: ['in', 'not_in'],
  asks: (given, gate) => ({
    subject: authorsIn(gate),
    inside: membersOfAny(given.in),
    outside: membersOfAny(given.not_in),
  }),
  check({ subject, inside, outside }, given, { gate, predicate }) {
    const named = subject.authors.filter((person) => person !== null)
    const wrong = named.filter(({ id }) => inside?.ids.has(id) === false || outside?.ids.has(id) === true)
    const values = {
      in: given.in?.name ?? null,
      notIn: given.not_in?.name ?? null,
      authors: listed(sorted(named.map(({ login }) => login))),
    }
    const isRelease = gate.kind === 'release'
    if (wrong.length > 0)
      return (isRelease ? wait : deny)('author_not_allowed', {
        ...values,
        wrong: listed(sorted(wrong.map(({ login }) => login))),
      })
    if (subject.untold)
      return undecided('fact_unknown', { ...values, fact: 'ships', reason: 'the commit is not among what ships' })
    if (named.length < subject.authors.length) return undecided('contributor_unknown', values)
    if (subject.direct.length === 0) return allow(values)
    return (predicate ? undecided : wait)('author_not_allowed', { ...values, direct: listed(subject.direct) })
  },
})
