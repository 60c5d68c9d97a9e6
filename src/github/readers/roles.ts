import { z } from 'zod'
import type { Collaborator, Role } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { account, text } from '../shapes.js'

const permissions = z.object({
  admin: z.boolean(),
  maintain: z.boolean().optional(),
  push: z.boolean(),
  triage: z.boolean().optional(),
  pull: z.boolean(),
})

const row = z.intersection(
  z.object({ login: text, role_name: text, permissions: permissions.optional() }),
  account.transform((person) => ({ person })),
)
type Row = z.infer<typeof row>

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['read', 'read'],
  ['triage', 'triage'],
  ['write', 'write'],
  ['maintain', 'maintain'],
  ['admin', 'admin'],
])

/** GitHub's own role, or for an organisation's custom role the highest of its permissions. */
const roleOf = ({ login, role_name, permissions: may }: Row): Role => {
  const named = ROLES.get(role_name)
  if (named) return named
  if (may?.admin === true) return 'admin'
  if (may?.maintain === true) return 'maintain'
  if (may?.push === true) return 'write'
  if (may?.triage === true) return 'triage'
  if (may?.pull === true) return 'read'
  throw unreadable(`the role of ${login}`, `${role_name} shows no permissions`)
}

/** Everyone who has a role on the repository, by whatever grant; apps never. */
export const readRoles = async (scope: Scope): Promise<readonly Collaborator[]> => {
  const rows = await scope.api.all(
    'collaborators',
    'GET /repos/{owner}/{repo}/collaborators',
    { owner: scope.owner, repo: scope.repo, affiliation: 'all' },
    row,
  )
  return rows.flatMap((one) => (one.person?.kind === 'user' ? [{ person: one.person, role: roleOf(one) }] : []))
}
