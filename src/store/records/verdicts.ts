import type { VerdictRecord } from '../../gatekeeper/ports.js'
import { serialiseFacts } from '../../policy/facts-json.js'
import type { GateAnswer, Instant, RepositoryId, Sha } from '../../policy/facts.js'
import type { Decision, GateKind, Verdict } from '../../policy/verdict.js'
import { digestOf } from '../canonical.js'
import type { Reading, Writing } from '../engine.js'
import { environmentKey } from '../environment.js'
import { append } from '../ledger.js'

/** What makes a verdict another one: what it decides, why, and when to look again. */
const digestOfVerdict = ({ decision, applies, findings, lookAgainAt, rollback, overridden }: Verdict): string =>
  digestOf({ decision, applies, findings, lookAgainAt, rollback, overridden })

const gateKey = ({ kind, gate }: Verdict): string => (kind === 'release' ? environmentKey(gate) : gate)

const keyed = ({ subject, sha, attempt, verdict }: VerdictRecord) => ({
  subject,
  kind: verdict.kind,
  gate: gateKey(verdict),
  sha,
  attempt: attempt ?? -1,
})

/** Appends the verdict if it differs from the last of its key; notes in any case that it is what was found last. */
export const recordVerdict = async (
  writing: Writing,
  record: VerdictRecord,
  now: Instant,
): Promise<{ readonly changed: boolean; readonly since: Instant }> => {
  const { subject, installation, repository, sha, attempt, number, verdict, policy } = record
  const key = keyed(record)
  const digest = digestOfVerdict(verdict)
  const last = await writing
    .selectFrom('verdicts')
    .select(['digest', 'decision', 'since'])
    .where((eb) => eb.and(key))
    .executeTakeFirst()
  const newest = await writing
    .selectFrom('verdicts')
    .select(({ fn }) => fn.max('turn').as('turn'))
    .where('subject', '=', subject)
    .executeTakeFirst()
  const since = last?.decision === verdict.decision ? last.since : now
  const found = {
    repository,
    number,
    decision: verdict.decision,
    applies: verdict.applies ? 1 : 0,
    digest,
    at: now,
    since,
    turn: Number(newest?.turn ?? 0) + 1,
  } as const
  await writing
    .insertInto('verdicts')
    .values({ ...key, ...found })
    .onConflict((conflict) => conflict.columns(['subject', 'kind', 'gate', 'sha', 'attempt']).doUpdateSet(found))
    .execute()
  if (last?.digest === digest) return { changed: false, since }
  const body = { sha, attempt, number, verdict, policy }
  const facts = serialiseFacts(record.facts)
  await append(writing, { at: now, kind: 'verdict', installation, repository, subject, body, facts })
  return { changed: true, since }
}

interface Said {
  readonly decision: Decision
  readonly applies: boolean
}

const SEVERITY: Readonly<Record<Decision, number>> = { allow: 0, wait: 1, undecided: 2, deny: 3 }

const worst = (said: readonly Said[]): GateAnswer =>
  said.reduce<GateAnswer>(
    (sum, { decision }) => (sum === 'none' || SEVERITY[decision] > SEVERITY[sum] ? decision : sum),
    'none',
  )

const saidBy = (row: { decision: string; applies: number }): Said => ({
  decision: row.decision as Decision,
  applies: row.applies === 1,
})

const newestOf = async (
  db: Reading,
  repository: RepositoryId,
  number: number,
  head: Sha,
  kind: GateKind,
): Promise<Said | null> => {
  const row = await db
    .selectFrom('verdicts')
    .select(['decision', 'applies'])
    .where('repository', '=', repository)
    .where('sha', '=', head)
    .where('number', '=', number)
    .where('kind', '=', kind)
    .orderBy('turn', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? saidBy(row) : null
}

/**
 * The worst of what the merge gate and the policy file's gate found last of this head. The newest look counts, also where
 * the pull request went to another base meanwhile. Nothing is allowed by a policy gate alone.
 */
export const mergeGate = async (
  db: Reading,
  repository: RepositoryId,
  number: number,
  head: Sha,
): Promise<GateAnswer> => {
  const merge = await newestOf(db, repository, number, head, 'merge')
  const policy = await newestOf(db, repository, number, head, 'policy')
  const answer = worst([merge, policy].filter((said): said is Said => said?.applies === true))
  return answer === 'allow' && merge?.applies !== true ? 'none' : answer
}

/** The worst of what the push gates of the branches it was pushed to found. */
export const pushGate = async (db: Reading, repository: RepositoryId, sha: Sha): Promise<GateAnswer> => {
  const rows = await db
    .selectFrom('verdicts')
    .select(['decision', 'applies'])
    .where('repository', '=', repository)
    .where('sha', '=', sha)
    .where('kind', '=', 'push')
    .execute()
  return worst(rows.map(saidBy).filter(({ applies }) => applies))
}
