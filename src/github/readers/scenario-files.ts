import { z } from 'zod'
import type { ScenarioFiles } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import { isPolicyRepository, type Scope } from '../scope.js'
import { filled, text, whole } from '../shapes.js'

const ENDING = '.gates-test.yml'
const FOLDER = '.github'
/** As many files are read for one commit, and of these as many bytes each and together. */
const MOST_FILES = 50
const MOST_BYTES = 256 * 1024
const MOST_BYTES_IN_ALL = 1024 * 1024

const treeReply = z.object({
  truncated: z.boolean(),
  tree: z.array(
    z.object({ path: filled, mode: filled, type: filled, sha: filled, size: whole.nonnegative().optional() }),
  ),
})
type Entry = z.output<typeof treeReply>['tree'][number]

const blobReply = z.object({ encoding: z.literal('base64'), content: text, size: whole.nonnegative() })

/** One tree, by its own id or a commit's; `deep`: with all that is below it. */
const readTree = async (scope: Scope, what: string, sha: Sha, deep: boolean): Promise<readonly Entry[]> => {
  const at = { owner: scope.owner, repo: scope.repo, tree_sha: sha, ...(deep ? { recursive: '1' } : {}) }
  const { tree, truncated } = await scope.api.get(what, 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}', at, treeReply)
  if (truncated) throw unreadable(what, 'GitHub does not list it whole')
  return tree
}

const readBlob = async (scope: Scope, path: string, { sha }: Entry): Promise<Buffer> => {
  const at = { owner: scope.owner, repo: scope.repo, file_sha: sha }
  const { content } = await scope.api.get(path, 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}', at, blobReply)
  return Buffer.from(content, 'base64')
}

const isFile = ({ type, mode }: Entry): boolean => type === 'blob' && mode !== '120000'

/** `null`: these bytes are no text. */
const textOf = (bytes: Buffer): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

/** A file by its path, found level by level, so that no symlink leads anywhere; `null`: there is no such text file. */
const readFile = async (scope: Scope, commit: Sha, path: string): Promise<string | null> => {
  const steps = path.split('/')
  let tree: Sha = commit
  for (const [index, name] of steps.entries()) {
    const what = `${steps.slice(0, index).join('/') || 'the files'} at ${commit}`
    const entry = (await readTree(scope, what, tree, false)).find((each) => each.path === name)
    if (entry === undefined) return null
    if (index < steps.length - 1 && entry.type === 'tree') {
      tree = entry.sha
      continue
    }
    const fits = index === steps.length - 1 && isFile(entry) && (entry.size ?? 0) <= MOST_BYTES
    return fits ? textOf(await readBlob(scope, path, entry)) : null
  }
  return null
}

/** Below `.github`; in the organisation's policy repository, whose policy stands at the root, anywhere. */
const listed = async (scope: Scope, commit: Sha): Promise<readonly Entry[]> => {
  const what = `the files of ${scope.owner}/${scope.repo} at ${commit}`
  if (isPolicyRepository(scope)) return readTree(scope, what, commit, true)
  const folder = (await readTree(scope, what, commit, false)).find(({ path }) => path === FOLDER)
  if (folder?.type !== 'tree') return []
  const below = await readTree(scope, `${FOLDER} at ${commit}`, folder.sha, true)
  return below.map((entry) => ({ ...entry, path: `${FOLDER}/${entry.path}` }))
}

/** Scenario files of a commit, as many as are read of it; what is left out is said. */
export const readScenarioFiles = async (scope: Scope, commit: Sha): Promise<ScenarioFiles> => {
  const all = (await listed(scope, commit)).filter(({ path }) => path.endsWith(ENDING))
  const files: { readonly path: string; readonly text: string }[] = []
  const leftOut: string[] = []
  let bytes = 0
  for (const entry of [...all].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const { path, size = 0 } = entry
    const why = whyNot(entry, files.length, bytes)
    const found = why === null ? textOf(await readBlob(scope, path, entry)) : null
    if (found !== null) files.push({ path, text: found })
    else leftOut.push(`${path}: ${why ?? 'it is not UTF-8 text'}`)
    bytes += found === null ? 0 : size
  }
  return { files, leftOut, read: (path) => readFile(scope, commit, path) }
}

const whyNot = (entry: Entry, files: number, bytes: number): string | null => {
  const { size = 0 } = entry
  if (!isFile(entry)) return 'it is no plain file'
  if (size > MOST_BYTES) return `it has ${size} bytes; at most ${MOST_BYTES} are read`
  if (files >= MOST_FILES) return `at most ${MOST_FILES} files are read`
  return bytes + size > MOST_BYTES_IN_ALL ? `at most ${MOST_BYTES_IN_ALL} bytes are read in all` : null
}
