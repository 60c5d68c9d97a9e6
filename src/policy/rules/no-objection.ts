import { z } from 'zod'
import { actsOnRelease, objectors, objectorsAmong } from '../evidence/acts.js'
import { ask, type Deployment, type Person, type ReleaseApproval, type Review, type Shipment } from '../facts.js'
import type { Gate } from '../gate.js'
import { people } from '../parameters.js'
import { membersOf } from '../people.js'
import { allow, defineRule, wait, type Asked } from '../rule.js'
import { shipmentOf, shippedBy } from '../evidence/ships.js'
import { sorted } from './values.js'

const objectorsIn = (gate: Gate): Asked<readonly Person[]> =>
  gate.kind === 'release'
    ? {
        questions: [ask.deployment, ask.approvals, shipmentOf(gate)],
        join: (answers) => {
          const [deployment, approvals, shipment] = answers as readonly [
            Deployment,
            readonly ReleaseApproval[],
            Shipment,
          ]
          const current = actsOnRelease(deployment, approvals).filter(({ stale }) => stale === null)
          const { changes } = shippedBy(deployment.sha, shipment)
          return [...objectors(current), ...changes.flatMap(({ reviews }) => objectorsAmong(reviews))]
        },
      }
    : { questions: [ask.reviews], join: ([reviews]) => objectorsAmong(reviews as readonly Review[]) }

/** Nobody of the group has a standing objection: changes requested or, to a release, a rejection. */
export const noObjection = defineRule({
  name: 'no_objection',
  about: 'Nobody of the group has a standing objection.',
  gates: ['merge', 'policy', 'release'],
  predicate: false,
  params: z.strictObject({ from: people }),
  groups: ['from'],
  asks: (given, gate) => ({ members: membersOf(given.from), objecting: objectorsIn(gate) }),
  check({ members, objecting }, given) {
    const standing = new Map(objecting.filter(({ id }) => members.ids.has(id)).map((person) => [person.id, person]))
    const values = { from: given.from.name }
    if (standing.size === 0) return allow(values)
    const who = [...standing.values()].sort((a, b) => a.id - b.id)
    return wait(
      'objection',
      { ...values, objectors: sorted(who.map(({ login }) => login)) },
      { who: { may: who, mayNot: [] } },
    )
  },
})
