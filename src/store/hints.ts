import { sql } from 'kysely'
import type { Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import type { Json } from '../policy/verdict.js'
import type { Writing } from './engine.js'
import { append } from './ledger.js'
import { lockInOrder } from './lock-in-order.js'
import { touch } from './touch.js'
import { wake } from './wake.js'

type Address = Extract<Hint, { readonly kind: 'address' }>
type Gone = Extract<Hint, { readonly kind: 'gone' }>

const address = async (writing: Writing, { address: { id, installation, owner, name } }: Address): Promise<void> => {
  const isNew = await writing
    .insertInto('addresses')
    .values({ repository: id, installation, owner, name })
    .onConflict((conflict) =>
      conflict
        .column('repository')
        .doUpdateSet({ installation, owner, name })
        .where((eb) =>
          eb.or([
            eb('addresses.installation', '<>', installation),
            eb('addresses.owner', '<>', owner),
            eb('addresses.name', '<>', name),
          ]),
        ),
    )
    .returning('repository')
    .executeTakeFirst()
  if (isNew === undefined) return
  // What it brings along is the new installation's from now on: to be woken by its events, and by no other's end.
  await writing
    .updateTable('subjects')
    .set({ installation })
    .where('repository', '=', id)
    .where('installation', '<>', installation)
    .execute()
}

/** Whether another installation has the repository by now: what its former one says of it comes late. */
const isElsewhere = async (writing: Writing, { scope }: Gone): Promise<boolean> => {
  if (!('repository' in scope) || scope.of === undefined) return false
  const row = await writing
    .selectFrom('addresses')
    .select('installation')
    .where('repository', '=', scope.repository)
    .executeTakeFirst()
  return row !== undefined && row.installation !== scope.of
}

/** Nothing there is judged any more: leases end, so that nobody answers, and no timer is left. */
const gone = async (writing: Writing, hint: Gone, now: Instant): Promise<void> => {
  if (await isElsewhere(writing, hint)) return
  const { scope, why } = hint
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

/** What a delivery made old, for the ledger: instances read there what to forget. */
export const oldIn = (hints: readonly Hint[]): { readonly old?: readonly Json[] } => {
  const old = hints.flatMap((hint) => (hint.kind === 'wake' ? [{ scope: hint.scope, about: [...hint.about] }] : []))
  return old.length === 0 ? {} : { old }
}

/**
 * What an event means for the subjects, in the transaction that calls its delivery done.
 * @param delivery its GUID; `null`: no event asked for this.
 */
export const applyHints = async (
  writing: Writing,
  hints: readonly Hint[],
  now: Instant,
  delivery: string | null = null,
): Promise<void> => {
  await lockInOrder(writing, hints)
  for (const hint of hints) {
    switch (hint.kind) {
      case 'touch':
        await touch(writing, hint, now, delivery)
        break
      case 'wake':
        await wake(writing, hint, now, delivery)
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
