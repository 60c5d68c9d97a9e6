import type { GroupPart } from '../gate.js'
import { mentions } from '../reading/mentions.js'
import { canonical } from '../reading/names.js'
import type { PolicyDocument } from '../reading/policy-document.js'
import { resolvePeople } from './groups.js'

const nameOf = (part: GroupPart): readonly string[] => {
  switch (part.kind) {
    case 'team':
      return [`teams/${canonical(part.slug)}`]
    case 'user':
      return [`users/${canonical(part.login)}`]
    case 'role':
    case 'organization':
      return []
  }
}

/** Every team and account that a file names, in `groups` or elsewhere, by the key of its fact without an id. */
export const pinnedNames = (policy: PolicyDocument): readonly string[] => {
  const people = [
    ...[...policy.groups.values()].map(({ group }) => group),
    ...mentions(policy).map((one) => one.people),
  ]
  const parts = people.flatMap((each) => resolvePeople(each, [policy.groups]).parts)
  return [...new Set(parts.flatMap(nameOf))].sort()
}

/** What a file's `groups` say, as text: comments, spaces and places do not change it, everything else does. */
export const groupsText = (policy: PolicyDocument | null): string =>
  JSON.stringify([...(policy?.groups ?? [])].map(([key, { group }]) => [key, group]))
