import { namesSha } from '../commands.js'
import { actsOnChange, actsOnRelease, reviewsOfSha, type Act, type StillGood } from './acts.js'
import {
  ask,
  type ApprovalChannel,
  type Change,
  type Comment,
  type Commit,
  type Deployment,
  type Fact,
  type ReleaseApproval,
  type Review,
  type Sha,
  type Shipment,
} from '../facts.js'
import type { Gate } from '../gate.js'
import type { Asked } from '../rule.js'
import { shipmentOf, shippedBy } from './ships.js'
import type { Values } from '../verdict.js'

/** Where an approval listens, and what survives a push. */
interface Listening {
  readonly by?: readonly ApprovalChannel[] | undefined
  readonly after_push: 'void' | 'same_diff' | 'keep'
}

/** What was said about the subject, and by whom it can be said: all that an approval rests on. */
export interface Heard {
  readonly acts: readonly Act[]
  /** Acts that an objection can stand among, and be taken back by. */
  readonly current: readonly Act[]
  /** A fact that would make more approvals count is unknown. */
  readonly unheard: Values | null
}

/** A rejection of another commit or attempt is no answer to this one, and takes no approval of it back. */
const onRelease = (given: Listening, gate: Gate): Asked<Heard> => {
  const byReview = given.by?.includes('review') === true
  return {
    questions: [ask.deployment, ask.approvals, ...(byReview ? [shipmentOf(gate)] : [])],
    join: (answers) => {
      const [deployment, approvals, shipment] = answers as readonly [Deployment, readonly ReleaseApproval[], Shipment?]
      const acts = actsOnRelease(deployment, approvals).filter(
        ({ kind, stale }) => kind === 'approve' || stale === null,
      )
      const current = acts.filter(({ stale }) => stale === null)
      if (shipment === undefined) return { acts, current, unheard: null }
      const reviews = reviewsOfSha(deployment.sha, shippedBy(deployment.sha, shipment).changes)
      return { acts: [...acts, ...reviews], current, unheard: null }
    },
  }
}

const onChange = (given: Listening): Asked<Heard> => {
  const byComment = given.by?.includes('comment') === true
  return {
    questions: [ask.change, ask.reviews, ...(byComment ? [ask.comments, ask.commits] : [])],
    ...(given.after_push === 'same_diff' ? { maybe: [ask.diffs] } : {}),
    join: (answers, [diffs]) => {
      const [change, reviews, comments = [], commits = []] = answers as ChangeAnswers
      const compared = diffs as Fact<ReadonlyMap<Sha, string>> | undefined
      const good = stillGood(change, given.after_push, compared)
      const known = () => [
        change.headSha,
        ...commits.map(({ sha }) => sha),
        ...(compared?.known ? compared.value.keys() : []),
      ]
      const acts = actsOnChange(change, reviews, comments, good, (written) => namedAmong(known(), written))
      return { acts, current: acts, unheard: unknownDiffs(diffs) }
    },
  }
}

type ChangeAnswers = readonly [Change, readonly Review[], (readonly Comment[])?, (readonly Commit[])?]

const unknownDiffs = (diffs: Fact | undefined): Values | null =>
  diffs === undefined || diffs.known ? null : { fact: ask.diffs.key, reason: diffs.reason }

const stillGood = (
  change: Change,
  mode: Listening['after_push'],
  diffs: Fact<ReadonlyMap<Sha, string>> | undefined,
): StillGood => {
  if (mode === 'keep') return () => true
  if (mode === 'void' || diffs?.known !== true) return () => false
  const now = diffs.value.get(change.headSha)
  return (sha: Sha) => now !== undefined && diffs.value.get(sha) === now
}

/**
 * The commit that a comment names by its SHA or its first digits. First digits can be made to fit a second commit on
 * purpose: where they fit several, they name none.
 */
const namedAmong = (known: readonly Sha[], written: string): Sha => {
  if (known.includes(written)) return written
  const [one, another] = new Set(known.filter((sha) => namesSha(written, sha)))
  return one === undefined || another !== undefined ? written : one
}

/** Asks what was said about the change or the deployment, in the channels that count. */
export const heardIn = (given: Listening, gate: Gate): Asked<Heard> =>
  gate.kind === 'release' ? onRelease(given, gate) : onChange(given)
