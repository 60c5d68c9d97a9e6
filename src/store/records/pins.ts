import type { Records } from '../../gatekeeper/ports.js'
import type { Instant, RepositoryId } from '../../policy/facts.js'
import type { Engine, Reading, Writing } from '../engine.js'
import { append } from '../ledger.js'
import { ERASED_PIN, isPinOf, nameKey } from './pinned-name.js'

/** The id of a name whose person was erased: it holds the name, and does not say it. */
const erasedPin = async (writing: Writing, scope: string, name: string): Promise<number | null> => {
  const rows = await writing
    .selectFrom('pins')
    .select(['name', 'id'])
    .where('scope', '=', scope)
    .where('name', 'like', `${ERASED_PIN}%`)
    .execute()
  return rows.find((row) => isPinOf(row.name, name))?.id ?? null
}

/** The first id under a name stays; the name's later ids are somebody else. */
export const pin = async (writing: Writing, scope: string, name: string, id: number, now: Instant): Promise<number> => {
  const held = await erasedPin(writing, scope, name)
  if (held !== null) return held
  const added = await writing
    .insertInto('pins')
    .values({ scope, name: nameKey(name), id })
    .onConflict((conflict) => conflict.columns(['scope', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (added !== undefined) {
    await append(writing, {
      at: now,
      kind: 'pin',
      installation: null,
      repository: null,
      subject: null,
      body: { scope, name: nameKey(name), id },
    })
    return id
  }
  const row = await writing
    .selectFrom('pins')
    .select('id')
    .where('scope', '=', scope)
    .where('name', '=', nameKey(name))
    .executeTakeFirstOrThrow()
  return row.id
}

const note = async (
  writing: Writing,
  scope: string,
  freed: readonly { readonly name: string }[],
  now: Instant,
): Promise<void> => {
  if (freed.length === 0) return
  const body = { scope, freed: freed.map(({ name }) => name).sort() }
  await append(writing, { at: now, kind: 'pin', installation: null, repository: null, subject: null, body })
}

type Groups = Parameters<Records['groupsSeen']>[1]

/** The last fingerprint of a layer's `groups` stands among the pins, in a scope that no policy's names have. */
const groupsScope = (repository: RepositoryId, { layer }: Groups): string => `groups/${repository}/${layer}`
const FINGERPRINT = 'fingerprint'

const lastSeen = async (db: Reading, scope: string): Promise<number | null> => {
  const row = await db.selectFrom('pins').select('id').where('scope', '=', scope).executeTakeFirst()
  return row?.id ?? null
}

const releaseLayer = async (
  writing: Writing,
  repository: RepositoryId,
  { layer, organisationNames }: Groups,
  now: Instant,
): Promise<void> => {
  const scope = `policy/${repository}`
  const pinned = await writing.selectFrom('pins').select('name').where('scope', '=', scope).execute()
  const isAbove = (name: string): boolean => organisationNames.some((above) => isPinOf(name, above))
  const freed = pinned.filter(({ name }) => isAbove(name) === (layer === 'organisation'))
  for (const { name } of freed)
    await writing.deleteFrom('pins').where('scope', '=', scope).where('name', '=', name).execute()
  await note(writing, scope, freed, now)
}

/** Read first: nearly always the groups are as they were, and nothing is written. The first time releases nothing. */
export const groupsSeen = async (
  { db, write }: Engine,
  repository: RepositoryId,
  groups: Groups,
  now: Instant,
): Promise<boolean> => {
  const scope = groupsScope(repository, groups)
  if ((await lastSeen(db, scope)) === groups.fingerprint) return false
  return write(async (writing) => {
    const before = await lastSeen(writing, scope)
    if (before === groups.fingerprint) return false
    await writing.deleteFrom('pins').where('scope', '=', scope).execute()
    await pin(writing, scope, FINGERPRINT, groups.fingerprint, now)
    if (before === null) return false
    await releaseLayer(writing, repository, groups, now)
    return true
  })
}
