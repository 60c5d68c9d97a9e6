import { z } from 'zod'
import { BadPolicyFile, type PolicyFile } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import type { Api } from '../api.js'
import { unreadable } from '../errors.js'
import { isPolicyRepository, type Scope } from '../scope.js'
import { filled, text, whole } from '../shapes.js'
import { keyOf } from './common.js'
import { candidateIn, MOST_BYTES } from './policy-candidate.js'
import { CONTENT, listFolder, listRoot, type At, type Entry } from './policy-folder.js'
import { commitKey, keepFolder } from './policy-kept.js'
import { askPolicy, askPolicyTip } from './policy-query.js'
import { readTip } from './state.js'

const content = z.object({
  type: text,
  sha: filled.optional(),
  size: whole.nonnegative(),
  encoding: text.optional(),
  content: text.optional(),
})

const textOf = (path: string, { encoding, content: coded }: z.infer<typeof content>, commit: Sha): string => {
  if (encoding !== 'base64' || coded === undefined) throw unreadable(path, 'GitHub does not show its content')
  const bytes = Buffer.from(coded, 'base64')
  if (bytes.byteLength > MOST_BYTES) throw tooLarge(path, bytes.byteLength, commit)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw new BadPolicyFile(path, 'it is not UTF-8 text', commit)
    throw error
  }
}

const tooLarge = (path: string, size: number, commit: Sha) =>
  new BadPolicyFile(path, `it has ${size} bytes; a policy file has at most ${MOST_BYTES}`, commit)

/** A file's text: the blob that the folder lists, not what a link leads to. */
const readText = async (api: Api, { owner, repo, commit }: At, { path, sha }: Entry): Promise<string> => {
  const found = await api.get(path, CONTENT, { owner, repo, path, ref: commit }, content)
  if (found.type !== 'file')
    throw new BadPolicyFile(path, `it is a ${found.type}; a policy file is a plain file`, commit)
  if (found.size > MOST_BYTES) throw tooLarge(path, found.size, commit)
  if (sha !== undefined && found.sha !== sha) throw unreadable(path, `GitHub shows ${found.sha} for ${sha}`)
  return textOf(path, found, commit)
}

const fileIn = async (api: Api, at: At, entries: readonly Entry[]): Promise<PolicyFile> => {
  const found = candidateIn(entries, at.commit)
  const file = found && { path: found.path, text: await readText(api, at, found) }
  return { commit: at.commit, file }
}

const readInFolder = async (scope: Scope, at: At): Promise<PolicyFile> => {
  const asked = await askPolicy(scope, at, 'folder')
  if (asked === null) return fileIn(scope.api, at, await listFolder(scope.api, at))
  await keepFolder(scope, asked.told.file, asked.folder)
  return asked.told
}

/** The repository's policy file at a commit. A commit never changes, so it is read once. */
export const readPolicy = async (scope: Scope, commit: Sha): Promise<PolicyFile> => {
  const at = { owner: scope.owner, repo: scope.repo, commit }
  const { value } = await scope.cache.read(commitKey(scope, commit), () => readInFolder(scope, at), { forever: true })
  return value
}

const rootKey = (id: number, commit: Sha): string => `policy/${id}/root/${commit}`

const policyRepository = z.object({
  id: z.number(),
  name: filled,
  owner: z.object({ login: filled }),
  default_branch: filled,
})

const coverage = z.object({ repository_selection: z.enum(['all', 'selected']).optional() })

/** Whether what this installation is not shown is not there. Where GitHub does not say that it covers all: no. */
const coversAll = async ({ api }: Scope): Promise<boolean> => {
  const found = await api.get(
    'what the installation covers',
    'GET /installation/repositories',
    { per_page: 1 },
    coverage,
  )
  return found.repository_selection === 'all'
}

const findOrganisation = async (scope: Scope) => {
  const { owner, policyRepository: repo } = scope
  const told = await askPolicyTip(scope)
  if (told !== null) {
    const { id, commit } = told
    await scope.cache.read(rootKey(id, commit), () => Promise.resolve(told.file), { forever: true })
    return { id, commit }
  }
  const what = `${owner}/${repo}`
  const found = await scope.api.find(what, 'GET /repos/{owner}/{repo}', { owner, repo }, policyRepository)
  if (found === null) return (await coversAll(scope)) ? 'none' : 'unseen'
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()
  if (!same(found.owner.login, owner) || !same(found.name, repo))
    throw unreadable(what, `it moved to ${found.owner.login}/${found.name}`)
  const commit = await readTip(scope, { owner, repo }, found.default_branch)
  return { id: found.id, commit }
}

/** The organisation's policy file at the tip of its repository's default branch; else why there is no such repository. */
export const readOrganisationPolicy = async (
  scope: Scope,
  { fresh }: { readonly fresh: boolean },
): Promise<PolicyFile | 'none' | 'unseen'> => {
  const { value: found } = await scope.cache.read(
    keyOf.installation(scope, `policy/${scope.policyRepository}`),
    () => findOrganisation(scope),
    { fresh },
  )
  if (found === 'none' || found === 'unseen') return found
  return readAtRoot(scope, found.id, found.commit)
}

/** A commit of the policy repository, by its id. */
const readAtRoot = async (scope: Scope, id: number, commit: Sha): Promise<PolicyFile> => {
  const at = { owner: scope.owner, repo: scope.policyRepository, commit }
  const { value } = await scope.cache.read(
    rootKey(id, commit),
    async () => (await askPolicy(scope, at, 'root'))?.told ?? fileIn(scope.api, at, await listRoot(scope.api, at)),
    { forever: true },
  )
  return value
}

/** The organisation's file at a commit of this very repository; `null`: it is not where the organisation's policy stands. */
export const readOrganisationPolicyAt = async (scope: Scope, commit: Sha): Promise<PolicyFile | null> =>
  isPolicyRepository(scope) ? readAtRoot(scope, scope.id, commit) : null
