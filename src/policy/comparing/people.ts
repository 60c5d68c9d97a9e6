import { different, opposite, type Change, type Direction } from './changes.js'
import { codeSpan, listOf, MARKDOWN } from '../words/text.js'
import type { Group, GroupPart } from '../gate.js'
import { sameName } from '../reading/names.js'
import { ROLES } from '../parameters.js'

type Relation = 'same' | 'wider' | 'narrower' | 'other'

/** How the people of a group relate to those of the group before, as far as the files alone can tell. */
export const relationOf = (before: Group, after: Group): Relation => {
  if (before.key === after.key) return 'same'
  if (isWithin(before, after)) return 'wider'
  return isWithin(after, before) ? 'narrower' : 'other'
}

const isWithin = (inner: Group, outer: Group): boolean =>
  inner.parts.every((part) => outer.parts.some((other) => covers(other, part)))

/** Whether everybody whom a part names is named by another. A pinned id is another person than an unpinned name may be. */
const covers = (outer: GroupPart, inner: GroupPart): boolean => {
  switch (inner.kind) {
    case 'team':
      return (
        outer.kind === 'team' &&
        outer.slug === inner.slug &&
        outer.id === inner.id &&
        (outer.inherited || !inner.inherited)
      )
    case 'user':
      return outer.kind === 'user' && sameName(outer.login, inner.login) && outer.id === inner.id
    case 'role':
      return outer.kind === 'role' && ROLES.indexOf(outer.role) <= ROLES.indexOf(inner.role)
    case 'organization':
      return outer.kind === 'organization' && sameName(outer.login, inner.login)
  }
}

const partName = (part: GroupPart): string => {
  switch (part.kind) {
    case 'team':
      return `team ${codeSpan(part.slug)}${part.id === undefined ? '' : ` (${part.id})`}${part.inherited ? '' : ', direct members'}`
    case 'user':
      return `${codeSpan(part.login)}${part.id === undefined ? '' : ` (${part.id})`}`
    case 'role':
      return `role ${part.role}`
    case 'organization':
      return `organization ${codeSpan(part.login)}`
  }
}

export const partsText = ({ parts }: Group): string => listOf(parts.map(partName), 'or')

/** A group by its name, and by its parts where the name alone would say the same of both. */
export const insteadOf = (before: Group, after: Group): string =>
  before.name === after.name
    ? `${MARKDOWN.name(after.name)}, which now means ${partsText(after)} instead of ${partsText(before)}`
    : `${MARKDOWN.name(after.name)} instead of ${MARKDOWN.name(before.name)}`

/** What another group in the same place changes; `wider` and `narrower` say what more and fewer people do to the gate. */
export const groupChanges = (
  what: string,
  before: Group,
  after: Group,
  directions: { readonly wider: Direction; readonly narrower?: Direction },
): readonly Change[] => {
  const words = `${what} ${insteadOf(before, after)}`
  const { wider, narrower = opposite(wider) } = directions
  switch (relationOf(before, after)) {
    case 'same':
      return []
    case 'wider':
      return [{ direction: wider, words }]
    case 'narrower':
      return [{ direction: narrower, words }]
    case 'other':
      return [different(words)]
  }
}

/** The same for a group that need not be named: `absent` is what naming nobody means, everybody or no one. */
export const maybeGroupChanges = (
  what: string,
  before: Group | undefined,
  after: Group | undefined,
  { wider, absent }: { readonly wider: Direction; readonly absent: 'everybody' | 'nobody' },
): readonly Change[] => {
  if (before !== undefined && after !== undefined) return groupChanges(what, before, after, { wider })
  const named = after ?? before
  if (named === undefined) return []
  const words = `${what} ${MARKDOWN.name(named.name)} ${after === undefined ? 'is no longer asked' : 'is asked now'}`
  const grows = (after === undefined) === (absent === 'everybody')
  return [{ direction: grows ? wider : opposite(wider), words }]
}
