import { keyOf, type Hint } from '../gatekeeper/subject.js'
import { hasRivals, type Writing } from './engine.js'

type Scope = Extract<Hint, { readonly kind: 'wake' | 'gone' }>['scope']

/**
 * Locks every subject that the hints may change, in one order for everybody: two transactions that took them in orders
 * of their own would wait for each other until the server ends one of them. Where nobody else writes, nothing.
 */
export const lockInOrder = async (writing: Writing, hints: readonly Hint[]): Promise<void> => {
  const keys = hints.flatMap((hint) => (hint.kind === 'touch' ? [keyOf(hint.subject)] : []))
  const scopes = hints.flatMap((hint): readonly Scope[] =>
    hint.kind === 'wake' || hint.kind === 'gone' ? [hint.scope] : [],
  )
  if (!hasRivals(writing) || keys.length + scopes.length < 2) return
  const repositories = scopes.flatMap((scope) => ('repository' in scope ? [scope.repository] : []))
  const installations = scopes.flatMap((scope) => ('installation' in scope ? [scope.installation] : []))
  await writing
    .selectFrom('subjects')
    .select('key')
    .where((eb) =>
      eb.or([
        ...(keys.length > 0 ? [eb('key', 'in', keys)] : []),
        ...(repositories.length > 0 ? [eb.and([eb('repository', 'in', repositories), eb('finished', '=', 0)])] : []),
        ...(installations.length > 0
          ? [eb.and([eb('installation', 'in', installations), eb('finished', '=', 0)])]
          : []),
      ]),
    )
    .orderBy('key')
    .forUpdate()
    .execute()
}
