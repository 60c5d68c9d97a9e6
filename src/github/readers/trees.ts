import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Sha } from '../../policy/facts.js'
import { is404 } from '../api.js'
import type { Scope } from '../scope.js'
import { filled, text } from '../shapes.js'
import { relation } from './compare.js'

/** Every file of a commit: path → mode and blob. */
type Tree = ReadonlyMap<string, string>

const reply = z.object({
  truncated: z.boolean(),
  tree: z.array(z.object({ path: text, mode: text, type: text, sha: filled })),
})

/** `null`: the tree is too large for GitHub to list whole. */
const readTree = async (scope: Scope, sha: Sha): Promise<Tree | null> => {
  const { tree, truncated } = await scope.api.get(
    `the files of ${sha}`,
    'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
    { owner: scope.owner, repo: scope.repo, tree_sha: sha, recursive: '1' },
    reply,
  )
  if (truncated) return null
  return new Map(
    tree.flatMap(({ path, mode, type, sha: blob }) => (type === 'tree' ? [] : [[path, `${mode} ${blob}`]])),
  )
}

/** An id of the set of (path, old mode and blob, new mode and blob) by which two trees differ. */
export const digestOf = (before: Tree, after: Tree): string => {
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path))
  const hash = createHash('sha256')
  for (const path of paths.sort()) hash.update(`${path}\0${before.get(path) ?? ''}\0${after.get(path) ?? ''}\0`)
  return hash.digest('hex')
}

/** Reads each tree once while several diffs are told; trees are large, so only digests are kept for longer. */
export const diffTeller = (scope: Scope) => {
  const trees = new Map<Sha, Promise<Tree | null>>()
  const treeOf = (sha: Sha): Promise<Tree | null> => {
    const known = trees.get(sha) ?? readTree(scope, sha)
    trees.set(sha, known)
    return known
  }
  /** What `to` changes over `from`; `null`: not comparable, because a commit is gone or a tree cannot be read whole. */
  const between = async (from: Sha, to: Sha): Promise<string | null> => {
    try {
      const key = `diff/${scope.id}/${from}/${to}`
      const { value } = await scope.cache.read(
        key,
        async () => {
          const [before, after] = await Promise.all([treeOf(from), treeOf(to)])
          return before && after && digestOf(before, after)
        },
        { forever: true },
      )
      return value
    } catch (error) {
      if (is404(error)) return null
      throw error
    }
  }
  /** What `to` changes since it left `base`. */
  const since = async (base: Sha, to: Sha): Promise<string | null> => {
    try {
      const { value } = await scope.cache.read(
        `merge-base/${scope.id}/${base}/${to}`,
        async () => (await relation(scope, base, to)).mergeBase,
        { forever: true },
      )
      return await between(value, to)
    } catch (error) {
      if (is404(error)) return null
      throw error
    }
  }
  return { between, since }
}
