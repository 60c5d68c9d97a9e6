import { z } from 'zod'
import { Unreadable } from '../../gatekeeper/ports.js'
import type { BypassActor } from '../../policy/facts.js'
import { verified, type Scope } from '../scope.js'
import { connection, filled, PAGE_INFO, positive } from '../shapes.js'

const ALLOWANCES = `
query($owner: String!, $repo: String!, $ref: String!) {
  repository(owner: $owner, name: $repo) {
    databaseId
    ref(qualifiedName: $ref) { branchProtectionRule { bypassForcePushAllowances(first: 100) {
      ${PAGE_INFO}
      nodes { actor {
        __typename
        ... on User { databaseId login }
        ... on Team { databaseId slug }
        ... on App { databaseId slug }
      } }
    } } }
  }
}`

const allowed = z
  .discriminatedUnion('__typename', [
    z.object({ __typename: z.literal('User'), databaseId: positive, login: filled }),
    z.object({ __typename: z.literal('Team'), databaseId: positive, slug: filled }),
    z.object({ __typename: z.literal('App'), databaseId: positive, slug: filled }),
  ])
  .transform((found): BypassActor => {
    switch (found.__typename) {
      case 'User':
        return { kind: 'user', id: found.databaseId, name: found.login }
      case 'Team':
        return { kind: 'team', id: found.databaseId, name: found.slug }
      case 'App':
        return { kind: 'app', id: found.databaseId, name: found.slug }
    }
  })

const rule = z.object({ bypassForcePushAllowances: connection(z.object({ actor: allowed })) })
const reply = z.object({ ref: z.object({ branchProtectionRule: rule.nullable() }).nullable() })

/**
 * Who may force-push past classic protection, which REST does not tell; `null`: GitHub does not say. Asked by policies
 * that name `bypass` alone, so that not knowing must not make the rest of protection unknown.
 */
export const readForcePushers = async (scope: Scope, branch: string): Promise<readonly BypassActor[] | null> => {
  const variables = { owner: scope.owner, repo: scope.repo, ref: `refs/heads/${branch}` }
  try {
    const { ref } = await scope.api.query(
      `who may force-push to ${branch}`,
      ALLOWANCES,
      variables,
      verified(scope, reply),
    )
    const found = ref?.branchProtectionRule?.bypassForcePushAllowances
    return found && found.nodes.length === found.totalCount ? found.nodes.map(({ actor }) => actor) : null
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}
