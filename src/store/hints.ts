import { sql } from 'kysely'
import { keyOf, laneOf, priorityOf, type Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import { canonicalJson } from './canonical.js'
import type { Writing } from './engine.js'
import { append } from './ledger.js'
import { wake } from './wake.js'

type Touch = Extract<Hint, { readonly kind: 'touch' }>
type Address = Extract<Hint, { readonly kind: 'address' }>
type Gone = Extract<Hint, { readonly kind: 'gone' }>

/** One generation up, or, with `notBefore` ahead, a look at that time; a finished or dead subject is back in either case. */
const touch = async (
  writing: Writing,
  { subject, sha, installation, notBefore }: Touch,
  now: Instant,
): Promise<void> => {
  const later = notBefore !== undefined && notBefore > now
  const lane = laneOf(subject, sha ?? null)
  const inLine = sql<boolean>`subjects.generation > subjects.judged_generation and subjects.priority <= excluded.priority`
  await writing
    .insertInto('subjects')
    .values({
      key: keyOf(subject),
      kind: subject.kind,
      repository: subject.repository,
      installation,
      document: canonicalJson(subject),
      sha: sha ?? null,
      lane,
      next_lane: lane,
      generation: later ? 0 : 1,
      judged_generation: 0,
      look_again_at: null,
      wake_at: later ? notBefore : null,
      priority: priorityOf(subject),
      turn: now,
      lease_owner: null,
      lease_until: null,
      leased_generation: null,
      attempts: 0,
      retry_at: 0,
      asked: null,
      finished: 0,
      dead: 0,
      error: null,
      touched_at: now,
    })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        document: (eb) => eb.ref('excluded.document'),
        installation,
        ...(sha === undefined
          ? {}
          : {
              sha,
              next_lane: lane,
              lane: sql<string>`case when subjects.lease_owner is null then excluded.lane else subjects.lane end`,
            }),
        ...(later
          ? {
              wake_at: sql<number>`case when subjects.wake_at < excluded.wake_at then subjects.wake_at else excluded.wake_at end`,
            }
          : { generation: sql<number>`subjects.generation + 1` }),
        priority: priorityOf(subject),
        turn: sql<number>`case when ${inLine} then subjects.turn else excluded.turn end`,
        attempts: sql<number>`case when subjects.dead = 1 then 0 else subjects.attempts end`,
        retry_at: sql<number>`case when subjects.dead = 1 then 0 else subjects.retry_at end`,
        finished: 0,
        dead: 0,
        touched_at: now,
      }),
    )
    .execute()
}

const address = async (writing: Writing, { address: { id, installation, owner, name } }: Address): Promise<void> => {
  await writing
    .insertInto('addresses')
    .values({ repository: id, installation, owner, name })
    .onConflict((conflict) => conflict.column('repository').doUpdateSet({ installation, owner, name }))
    .execute()
}

/** Nothing there is judged any more: leases end, so that nobody answers, and no timer is left. */
const gone = async (writing: Writing, { scope, why }: Gone, now: Instant): Promise<void> => {
  const [column, id] =
    'repository' in scope
      ? (['repository', scope.repository] as const)
      : (['installation', scope.installation] as const)
  await writing
    .updateTable('subjects')
    .set({
      finished: 1,
      dead: 0,
      judged_generation: sql<number>`generation`,
      look_again_at: null,
      wake_at: null,
      lease_owner: null,
      lease_until: null,
      leased_generation: null,
      lane: sql<string>`next_lane`,
    })
    .where(column, '=', id)
    .execute()
  const left = await writing.deleteFrom('addresses').where(column, '=', id).returning('repository').execute()
  if (left.length === 0) return
  await append(writing, {
    at: now,
    kind: 'settings',
    installation: 'installation' in scope ? scope.installation : null,
    repository: 'repository' in scope ? scope.repository : null,
    subject: null,
    body: { gone: left.map(({ repository }) => repository), why },
  })
}

/** What an event means for the subjects, in the transaction that calls its delivery done. */
export const applyHints = async (writing: Writing, hints: readonly Hint[], now: Instant): Promise<void> => {
  for (const hint of hints) {
    switch (hint.kind) {
      case 'touch':
        await touch(writing, hint, now)
        break
      case 'wake':
        await wake(writing, hint, now)
        break
      case 'address':
        await address(writing, hint)
        break
      case 'gone':
        await gone(writing, hint, now)
        break
    }
  }
}
