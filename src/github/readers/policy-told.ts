import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { PolicyFile } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import { filled, text, whole } from '../shapes.js'
import { candidateIn, MOST_BYTES } from './policy-candidate.js'
import { FOLDER, typeOf, type Entry } from './policy-folder.js'

/** Where policy files stand: in the root of the organisation's repository, in a folder of every other one. */
export type Place = 'root' | 'folder'

const LISTED = 'name mode type oid'
const TEXT = '{ oid object { ... on Blob { oid byteSize isTruncated text } } }'
const CANDIDATES = (prefix: string) =>
  `yml: file(path: "${prefix}release-gates.yml") ${TEXT} yaml: file(path: "${prefix}release-gates.yaml") ${TEXT}`

/** A commit's policy, as far as one query tells it; spread as `...PolicyInRoot`, `...PolicyInFolder`. */
export const POLICY_PARTS: { readonly [Of in Place]: string } = {
  root: `
fragment PolicyInRoot on Commit { root: tree { entries { ${LISTED} } } ${CANDIDATES('')} }`,
  folder: `
fragment PolicyInFolder on Commit {
  at: file(path: "${FOLDER}") { type oid }
  root: tree { entries { ${LISTED} } }
  folder: file(path: "${FOLDER}") { oid object { ... on Tree { oid entries { ${LISTED} } } } }
  ${CANDIDATES(`${FOLDER}/`)}
}`,
}

const entry = z.object({ name: filled, mode: whole, type: filled, oid: filled })
const listing = z.object({ entries: z.array(entry) })
const file = z
  .object({
    oid: filled,
    object: z.object({ oid: filled, byteSize: whole, isTruncated: z.boolean(), text: text.nullable() }),
  })
  .nullable()

const told = z.object({
  root: listing,
  folder: z.object({ oid: filled, object: z.object({ oid: filled, entries: z.array(entry) }) }).nullish(),
  yml: file,
  yaml: file,
})
type Told = z.infer<typeof told>

const entriesOf = (entries: readonly z.infer<typeof entry>[], prefix: string): readonly Entry[] =>
  entries.map(({ name, mode, type, oid }) => ({
    name,
    path: `${prefix}${name}`,
    type: typeOf(mode.toString(8).padStart(6, '0'), type),
    sha: oid,
  }))

/** What stands where the policy may stand; `null`: that is not told. */
const listed = ({ root, folder }: Told, place: Place): readonly Entry[] | null => {
  if (place === 'root') return entriesOf(root.entries, '')
  const found = root.entries.find(({ name }) => name === FOLDER)
  if (!found) return folder === null ? [] : null
  if (found.type !== 'tree' || found.oid !== folder?.oid || folder.object.oid !== found.oid) return null
  return entriesOf(folder.object.entries, `${FOLDER}/`)
}

/** Git's own id of a text: one that has it is whole and unchanged. */
const idOf = (content: string): Sha => {
  const bytes = Buffer.from(content, 'utf8')
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex')
}

/**
 * The policy file that a reply tells of. Believed only where the listings fit together and the text has the id that they
 * give it; `null` otherwise: it must then be read in another way.
 * @throws {BadPolicyFile} as reading it would.
 */
export const policyTold = (reply: unknown, place: Place, commit: Sha): PolicyFile | null => {
  const found = told.safeParse(reply)
  if (!found.success) return null
  const entries = listed(found.data, place)
  if (entries === null) return null
  const candidate = candidateIn(entries, commit)
  const { yml, yaml } = found.data
  // Absent is told twice: neither is it listed, nor is it to be had by its name.
  if (candidate === null) return yml === null && yaml === null ? { commit, file: null } : null
  const blob = candidate.name.endsWith('.yml') ? yml : yaml
  const content = blob?.object.text ?? null
  if (content === null || blob === null || blob.object.isTruncated || blob.object.byteSize > MOST_BYTES) return null
  if (blob.oid !== candidate.sha || idOf(content) !== candidate.sha) return null
  return { commit, file: { path: candidate.path, text: content } }
}

/** As it stands in every query of a pull request: the policy's folder by its id, which stands for all that is in it. */
export const FOLDER_HINT = `at: file(path: "${FOLDER}") { type oid }`

const hint = z.object({ at: z.object({ type: z.literal('tree'), oid: filled }) })

/** The id of the policy's folder; `null`: that is not told, or there is none. */
export const folderTold = (reply: unknown): Sha | null => {
  const found = hint.safeParse(reply)
  return found.success ? found.data.at.oid : null
}
