import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely'
import { PRIORITY, type Hint } from '../gatekeeper/subject.js'
import type { Duration, Instant, Sha } from '../policy/facts.js'
import { hasRivals, type Writing } from './engine.js'
import { touchedAgain } from './pauses.js'
import type { Tables } from './tables.js'

type Wake = Extract<Hint, { readonly kind: 'wake' }>

/** Later than any instant: puts gates that would open behind gates that would close. */
const BEHIND = 10_000_000_000_000
/** Names in one statement, below every engine's limit of parameters. */
const CHUNK = 500

/** `about` is the key or a parent of it: `teams` covers `teams/appsec`, `team` does not. */
const covers = (about: string, key: string): boolean => key === about || key.startsWith(`${about}/`)

interface Candidate {
  readonly key: string
  readonly sha: Sha | null
  readonly asked: string | null
  readonly lease_owner: string | null
  readonly wake_at: number | null
}

/**
 * One that is being looked at now may already have read what has just changed, and one never judged may ask anything:
 * both are woken whatever they asked before. But a first look that is put off to its time stays there: it reads afresh.
 */
const concerns = ({ sha, asked, lease_owner, wake_at }: Candidate, { about, sha: only }: Wake): boolean => {
  if (lease_owner !== null) return true
  if (asked === null) return wake_at === null
  if (only !== undefined && sha !== null && sha !== only) return false
  const keys = JSON.parse(asked) as readonly string[]
  return keys.some((key) => about.some((prefix) => covers(prefix, key)))
}

/** What means itself in a pattern of LIKE, or any character, and is not written otherwise in JSON. */
const PLAIN = /^[A-Za-z0-9/._-]+$/

/** No wake lasts so long, and no two instances' clocks are so far apart; in milliseconds. */
const SOON: Duration = 10 * 60_000

/**
 * May be leased by somebody before this commits. Nothing else falls due meanwhile: whoever touched it would have to
 * bring a hint to this repository, and these wait for each other.
 */
const mayBeLeased = (eb: ExpressionBuilder<Tables, 'subjects'>, now: Instant): Expression<SqlBool> =>
  eb.or([eb('due_at', '<=', now + SOON), eb('dead', '=', 1)])

/** What the database can tell already: all that {@link concerns} says, and more. */
const mayBeConcerned = (eb: ExpressionBuilder<Tables, 'subjects'>, { about, sha }: Wake): Expression<SqlBool> => {
  const asked = [
    ...(sha === undefined ? [] : [eb.or([eb('sha', 'is', null), eb('sha', '=', sha)])]),
    ...(about.every((one) => PLAIN.test(one)) ? [eb.or(about.map((one) => eb('asked', 'like', `%"${one}%`)))] : []),
  ]
  return eb.or([eb('lease_owner', 'is not', null), eb('asked', 'is', null), eb.and(asked)])
}

/**
 * One generation up for those that asked, gates that stand open first, then the newest. At fan-out priority, unless the
 * event is of one commit: that is as good as an event of the pull request itself.
 */
export const wake = async (
  writing: Writing,
  hint: Wake,
  now: Instant,
  delivery: string | null = null,
): Promise<void> => {
  const { scope } = hint
  const place = hint.sha === undefined ? PRIORITY.fanout : PRIORITY.change
  const known = writing
    .selectFrom('subjects')
    .select(['key', 'sha', 'asked', 'lease_owner', 'wake_at'])
    .where('finished', '=', 0)
  const inScope =
    'repository' in scope
      ? known.where('repository', '=', scope.repository)
      : known.where('installation', '=', scope.installation)
  // Where others write: those that may be leased too, locked in one order, so that none is between this look and the
  // update, by somebody with the old fact in mind. One that is being leased at this moment does not look so yet.
  const likely = hasRivals(writing)
    ? inScope
        .where((eb) => eb.or([mayBeConcerned(eb, hint), mayBeLeased(eb, now)]))
        .orderBy('key')
        .forUpdate()
    : inScope.where((eb) => mayBeConcerned(eb, hint))
  const candidates = await likely.execute()
  const keys = candidates.filter((candidate) => concerns(candidate, hint)).map(({ key }) => key)
  for (let from = 0; from < keys.length; from += CHUNK)
    await raise(writing, keys.slice(from, from + CHUNK), place, now, delivery)
}

const raise = async (
  writing: Writing,
  keys: readonly string[],
  place: number,
  now: Instant,
  delivery: string | null,
): Promise<void> => {
  const urgent = sql<boolean>`generation > judged_generation and priority <= ${place}`
  const open = sql<boolean>`exists (select 1 from verdicts where verdicts.subject = subjects.key and verdicts.sha = subjects.sha and verdicts.decision = 'allow')`
  await writing
    .updateTable('subjects')
    .set({
      ...touchedAgain(now),
      generation: sql<number>`generation + 1`,
      priority: sql<number>`case when ${urgent} then priority else ${place} end`,
      turn: sql<number>`case when ${urgent} then turn when ${open} then -touched_at else ${BEHIND} - touched_at end`,
      attempts: sql<number>`case when dead = 1 then 0 else attempts end`,
      retry_at: sql<number>`case when dead = 1 then ${now} else retry_at end`,
      dead: 0,
      ...(delivery === null ? {} : { delivery }),
    })
    .where('key', 'in', [...keys])
    .execute()
}
