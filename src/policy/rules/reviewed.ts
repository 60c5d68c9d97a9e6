import { z } from 'zod'
import { ask, type Deployment, type Push, type Shipment, type ShippedCommit } from '../facts.js'
import type { Gate } from '../gate.js'
import { text } from '../parameters.js'
import { allow, defineRule, deny, undecided, wait, type Asked } from '../rule.js'
import { pushedBy, shippedBy, type Shipped } from '../evidence/ships.js'
import { listed } from './values.js'

const shippedIn = (gate: Gate, since: string | undefined): Asked<Shipped> =>
  gate.kind === 'push'
    ? { questions: [ask.push], join: ([push]) => pushedBy((push as Push).after, (push as Push).commits) }
    : {
        questions: [ask.deployment, ask.ships(since)],
        join: ([deployment, shipment]) => shippedBy((deployment as Deployment).sha, shipment as Shipment),
      }

/** A merge that GitHub did not make may hold what no pull request showed. */
const isReviewed = ({ change, parents, madeByGitHub }: ShippedCommit): boolean =>
  change?.gate === 'allow' && (parents.length < 2 || madeByGitHub)

const unreviewed = new WeakMap<Shipped, readonly ShippedCommit[]>()

const unreviewedIn = (shipped: Shipped): readonly ShippedCommit[] => {
  const before = unreviewed.get(shipped)
  if (before !== undefined) return before
  const fresh = shipped.line.filter((commit) => !isReviewed(commit))
  unreviewed.set(shipped, fresh)
  return fresh
}

/**
 * Along first parents, every commit that ships came in by a merged pull request whose head the merge gate had allowed.
 * Where there is no release before, `since` says from where to look.
 */
export const reviewed = defineRule({
  name: 'reviewed',
  about: 'Every commit came in by a merged pull request whose merge gate had allowed it.',
  gates: ['push', 'release'],
  predicate: false,
  params: z.strictObject({ since: text.optional() }),
  asks: ({ since }, gate) => ({ shipped: shippedIn(gate, since) }),
  check({ shipped }, _, { gate }) {
    const closes = gate.kind === 'push' ? deny : wait
    if (shipped.endless) return closes('unreviewed_commit', { commits: [], remedy: 'since' })
    if (shipped.headMissing)
      return undecided('fact_unknown', {
        fact: gate.kind === 'push' ? 'push' : 'ships',
        reason: 'the head is not among the commits',
      })
    const bad = unreviewedIn(shipped)
    if (bad.length === 0) return allow({ commits: shipped.commits.length, changes: shipped.changes.length })
    return closes('unreviewed_commit', {
      commits: listed(bad.map(({ sha }) => sha)),
      changes: listed(bad.flatMap(({ change }) => (change === null ? [] : [`#${change.number}`]))),
    })
  },
})
