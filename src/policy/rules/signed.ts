import { z } from 'zod'
import { commitsOf } from '../evidence/contributors.js'
import { ask, type Change, type Commit, type Deployment, type Shipment } from '../facts.js'
import type { Gate } from '../gate.js'
import { people } from '../parameters.js'
import { membersOfAny, type Members } from '../people.js'
import { allow, defineRule, deny, undecided, wait, type Asked } from '../rule.js'
import { shipmentOf, shippedBy } from '../evidence/ships.js'
import { listed } from './values.js'

const params = z.union([z.literal(true), z.strictObject({ by: people })], {
  error: 'must be true, or name who signs: { by: … }',
})

/** The commits to look at; `null` when the head is not among them. */
const commitsIn = (gate: Gate): Asked<readonly Commit[] | null> =>
  gate.kind === 'release'
    ? {
        questions: [ask.deployment, shipmentOf(gate)],
        join: (answers) => {
          const [{ sha }, shipment] = answers as readonly [Deployment, Shipment]
          const { commits, headMissing, endless } = shippedBy(sha, shipment)
          return headMissing || (endless && commits.length === 0) ? null : commits
        },
      }
    : {
        questions: [ask.change, ask.commits],
        join: (answers) => {
          const [{ headSha }, commits] = answers as readonly [Change, readonly Commit[]]
          return commitsOf(headSha, commits)
        },
      }

const isGood = ({ signedBy }: Commit, by: Members | null): boolean =>
  by === null ? signedBy !== null : signedBy !== null && signedBy !== 'github' && by.ids.has(signedBy.id)

/** Every commit's signature is verified, and by these people where some are named. */
export const signed = defineRule({
  name: 'signed',
  about: "Every commit's signature is verified.",
  gates: ['merge', 'policy', 'release'],
  predicate: true,
  params,
  groups: ['by'],
  asks: (given, gate) => ({ commits: commitsIn(gate), by: membersOfAny(given === true ? null : given.by) }),
  check({ commits, by }, given, { gate }) {
    const values = { by: given === true ? null : given.by.name }
    if (commits === null)
      return undecided('fact_unknown', {
        ...values,
        fact: gate.kind === 'release' ? 'ships' : 'commits',
        reason: 'the head is not among the commits',
      })
    const bad = commits.filter((commit) => !isGood(commit, by)).map(({ sha }) => sha)
    return bad.length === 0
      ? allow(values)
      : (gate.kind === 'release' ? wait : deny)('not_signed', { ...values, commits: listed(bad.sort()) })
  },
})
