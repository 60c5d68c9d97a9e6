import type { Intent } from '../../gatekeeper/ports.js'
import type { Instant, RepositoryId, Sha } from '../../policy/facts.js'
import type { Values } from '../../policy/verdict.js'
import type { Reading, Writing } from '../engine.js'
import { environmentKey } from '../environment.js'
import { append } from '../ledger.js'
import type { IntentRow } from '../tables.js'

/** One attempt to enter an environment, as its intents name it. */
export type Answered = Pick<Intent, 'repository' | 'target' | 'sha' | 'run' | 'attempt'>

/** An approval that spent overrides: their keys, when it did, and whether GitHub is known to have refused or taken it. */
interface Spending {
  readonly intent: number
  readonly at: Instant
  readonly keys: readonly string[]
  readonly refused: boolean
  readonly given: boolean
}

const keysIn = (body: string): readonly string[] => {
  const { spends } = JSON.parse(body) as Values
  return Array.isArray(spends) ? spends.filter((key) => typeof key === 'string') : []
}

const spending = ({ id, at, body, ok, detail }: IntentRow): Spending => ({
  intent: id,
  at,
  keys: keysIn(body),
  refused: ok === 0 && (JSON.parse(detail ?? '{}') as Values)['refused'] === true,
  given: ok === 1,
})

const spendingsOf = async (
  db: Reading,
  { repository, target, sha, run, attempt }: Answered,
): Promise<readonly Spending[]> => {
  if (sha === null || run === null || attempt === null) return []
  const rows = await db
    .selectFrom('intents')
    .selectAll()
    .where('repository', '=', repository)
    .where('target_key', '=', environmentKey(target))
    .where('what', '=', 'approve')
    .where('sha', '=', sha)
    .where('run', '=', run)
    .where('attempt', '=', attempt)
    .execute()
  return rows.map(spending)
}

/**
 * Whether this attempt may still use an override that its own earlier answer spent: of that answer nobody knows that
 * GitHub took it. A deployment made through the API is one for good: what is said of it again opens nothing else.
 */
export type IsOwn = (override: { readonly key: string; readonly spent_at: Instant | null }) => boolean

export const ownOf = async (db: Reading, answered: Answered): Promise<IsOwn> => {
  const all = (await spendingsOf(db, answered)).filter(({ refused }) => !refused)
  const isOver = answered.run !== null && answered.run > 0 && all.some(({ given }) => given)
  const times = isOver ? [] : all.flatMap(({ at, keys }) => keys.map((key) => `${at} ${key}`))
  const firsts = new Set(times)
  return ({ key, spent_at }) => firsts.has(`${spent_at} ${key}`)
}

const ofCommit = (repository: RepositoryId, environment: string, sha: Sha) => ({
  repository,
  environment_key: environmentKey(environment),
  kind: 'override' as const,
  sha,
})

/**
 * Spends whatever this approval may rest on: every override of the commit that is not spent, and those that the attempt
 * spent before. None: somebody else has used them.
 */
export const spend = async (
  writing: Writing,
  answered: Answered,
  now: Instant,
): Promise<{ readonly all: readonly string[]; readonly fresh: readonly string[] }> => {
  const { repository, target, sha } = answered
  if (sha === null) return { all: [], fresh: [] }
  const isOwn = await ownOf(writing, answered)
  const good = await writing
    .selectFrom('acts')
    .select(['key', 'spent_at'])
    .where((eb) => eb.and(ofCommit(repository, target, sha)))
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .execute()
  const unspent = good.filter(({ spent_at }) => spent_at === null).map(({ key }) => key)
  const taken =
    unspent.length === 0
      ? []
      : await writing
          .updateTable('acts')
          .set({ spent_at: now })
          .where('key', 'in', unspent)
          .where('spent_at', 'is', null)
          .returning('key')
          .execute()
  const fresh = taken.map(({ key }) => key).sort()
  return { all: [...fresh, ...good.filter(isOwn).map(({ key }) => key)].sort(), fresh }
}

/**
 * GitHub refused this answer, so that it opened nothing: what it spent can be used again, unless another answer to the
 * same attempt spent it too, and may have come through.
 */
export const giveBack = async (
  writing: Writing,
  intent: number,
  { subject, ...answered }: Answered & Pick<Intent, 'subject' | 'installation'>,
  now: Instant,
): Promise<void> => {
  const all = await spendingsOf(writing, answered)
  const kept = new Set(all.filter(({ refused }) => !refused).flatMap(({ keys }) => keys))
  const keys = all.filter((one) => one.intent === intent).flatMap((one) => one.keys.filter((key) => !kept.has(key)))
  if (keys.length === 0) return
  const back = await writing
    .updateTable('acts')
    .set({ spent_at: null })
    .where('key', 'in', keys)
    .where(
      'spent_at',
      'in',
      all.map(({ at }) => at),
    )
    .returning('key')
    .execute()
  if (back.length === 0) return
  const { installation, repository, target: environment, sha } = answered
  const body = { unspent: back.map(({ key }) => key).sort(), environment, sha, intent }
  await append(writing, { at: now, kind: 'override', installation, repository, subject, body })
}
