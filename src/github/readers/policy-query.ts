import { z } from 'zod'
import type { PolicyFile } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import { told } from '../query-first.js'
import type { Scope } from '../scope.js'
import { filled, positive } from '../shapes.js'
import type { At } from './policy-folder.js'
import { folderTold, POLICY_PARTS, policyTold, type Place } from './policy-told.js'

const SPREAD: { readonly [Of in Place]: string } = { root: '...PolicyInRoot', folder: '...PolicyInFolder' }

const atCommit = (place: Place): string => `
query Policy($owner: String!, $repo: String!, $oid: GitObjectID!) {
  repository(owner: $owner, name: $repo) {
    object(oid: $oid) { ... on Commit { oid ${SPREAD[place]} } }
  }
}${POLICY_PARTS[place]}`

const atCommitReply = z.object({ repository: z.object({ object: z.looseObject({ oid: filled }) }) })

/** The policy file of a commit and its folder's id, from one query; `null`: that does not tell it whole. */
export const askPolicy = async (
  scope: Scope,
  { owner, repo, commit }: At,
  place: Place,
): Promise<{ readonly told: PolicyFile; readonly folder: Sha | null } | null> => {
  const what = `the policy of ${owner}/${repo} at ${commit}`
  const variables = { owner, repo, oid: commit }
  const reply = await told(() => scope.api.query(what, atCommit(place), variables, atCommitReply))
  const object = reply?.repository.object
  const found = object?.oid === commit ? policyTold(object, place, commit) : null
  return found && { told: found, folder: folderTold(object) }
}

const AT_TIP = `
query PolicyTip($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) {
    databaseId name owner { login }
    defaultBranchRef { target { oid ... on Commit { ...PolicyInRoot } } }
  }
}${POLICY_PARTS.root}`

const atTipReply = z.object({
  repository: z.object({
    databaseId: positive,
    name: filled,
    owner: z.object({ login: filled }),
    defaultBranchRef: z.object({ target: z.looseObject({ oid: filled }) }),
  }),
})

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** The organisation's policy repository, its tip and the file there, from one query; `null`: that does not tell all. */
export const askPolicyTip = async (
  scope: Scope,
): Promise<{ readonly id: number; readonly commit: Sha; readonly file: PolicyFile } | null> => {
  const { owner, policyRepository: repo } = scope
  const reply = await told(() => scope.api.query(`${owner}/${repo}`, AT_TIP, { owner, repo }, atTipReply))
  if (reply === null) return null
  const { databaseId: id, name, owner: its, defaultBranchRef } = reply.repository
  if (!same(its.login, owner) || !same(name, repo)) return null
  const { target } = defaultBranchRef
  const file = policyTold(target, 'root', target.oid)
  return file && { id, commit: target.oid, file }
}
