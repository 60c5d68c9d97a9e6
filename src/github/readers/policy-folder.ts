import { z } from 'zod'
import { BadPolicyFile } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import { is404, type Api } from '../api.js'
import { unreadable } from '../errors.js'
import { filled, text } from '../shapes.js'

/** Where a repository's policy stands. */
export const FOLDER = '.github'
/** GitHub's contents list no more entries of a folder than these. */
const CAP = 1_000

export const CONTENT = 'GET /repos/{owner}/{repo}/contents/{path}'

export interface At {
  readonly owner: string
  readonly repo: string
  readonly commit: Sha
}

const listed = z.object({ name: filled, path: filled, type: text, sha: filled.optional() })

/** An entry of a folder: `file`, `dir`, `symlink` or `submodule`; `sha`: its own id, where its type may be another's. */
export type Entry = z.output<typeof listed>

const listing = z.union([z.array(listed), z.object({ type: text })])
const treeReply = z.object({
  truncated: z.boolean(),
  tree: z.array(z.object({ path: filled, mode: filled, type: filled, sha: filled })),
})

/** An entry's type by its mode, for a link is a blob to git. */
export const typeOf = (mode: string, type: string): string => {
  if (mode === '120000') return 'symlink'
  return { tree: 'dir', blob: 'file', commit: 'submodule' }[type] ?? type
}

/** One level of the tree of a commit, or of a folder by its own id: the only list that tells a symlink from its target. */
const readTree = async (api: Api, at: At, tree: Sha, within: string) => {
  const { owner, repo, commit } = at
  const what = `${within === '' ? 'the files' : within} of ${owner}/${repo} at ${commit}`
  const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}'
  const found = await api.get(what, route, { owner, repo, tree_sha: tree }, treeReply)
  if (found.truncated) throw unreadable(what, 'GitHub does not list it whole')
  return found.tree.map(({ path, mode, type, sha }) => ({
    entry: { name: path, path: `${within}${path}`, type: typeOf(mode, type) },
    sha,
  }))
}

/** What stands in the root of a repository at a commit. */
export const listRoot = async (api: Api, at: At): Promise<readonly Entry[]> =>
  (await readTree(api, at, at.commit, '')).map(({ entry }) => entry)

const noFolder = (type: string, commit: Sha) =>
  new BadPolicyFile(FOLDER, `it is a ${type}; it is to be a folder`, commit)

/** The folder as GitHub's contents list it: enough where a server shows no trees, if it is there at all. */
const listContents = async (api: Api, { owner, repo, commit }: At): Promise<readonly Entry[]> => {
  const what = `${FOLDER} of ${owner}/${repo} at ${commit}`
  const found = await api.get(what, CONTENT, { owner, repo, path: FOLDER, ref: commit }, listing)
  if (!Array.isArray(found)) throw noFolder(found.type, commit)
  if (found.length >= CAP) throw unreadable(what, `GitHub lists only ${CAP} entries of it`)
  return found
}

/** What stands in the policy folder. Absent is proven by a tree that was read and does not have it. */
export const listFolder = async (api: Api, at: At): Promise<readonly Entry[]> => {
  try {
    const folder = (await readTree(api, at, at.commit, '')).find(({ entry }) => entry.name === FOLDER)
    if (!folder) return []
    if (folder.entry.type !== 'dir') throw noFolder(folder.entry.type, at.commit)
    return (await readTree(api, at, folder.sha, `${FOLDER}/`)).map(({ entry }) => entry)
  } catch (error) {
    if (is404(error)) return listContents(api, at)
    throw error
  }
}
