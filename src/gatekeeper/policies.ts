import { parsePolicy, type PolicyOrigin } from '../policy/reading/document.js'
import type { Policies, PolicySource } from '../policy/composing/gates.js'
import type { Sha } from '../policy/facts.js'
import type { Gatekeeper } from './gatekeeper.js'
import { BadPolicyFile, Unreadable, type PolicyFile, type Repository } from './ports.js'
import type { RepositoryAddress } from './subject.js'

/** Both layers as they stand, and by which commits: what a verdict rests on. */
export interface PoliciesRead {
  readonly policies: Policies
  readonly commits: { readonly organisation: Sha | null; readonly repository: Sha | null }
  /** The organisation may have a policy that is not applied, because the installation is not shown its repository. */
  readonly unseen: boolean
}

/** Parsed texts, by text: the same commit, or the same file at many commits, is parsed once. */
const parsed = new Map<string, ReturnType<typeof parsePolicy>>()
const KEPT = 500

const parseOnce = (text: string, file: string, origin: PolicyOrigin) => {
  const key = `${origin}\n${file}\n${text}`
  const found = parsed.get(key)
  if (found) return found
  if (parsed.size >= KEPT) parsed.clear()
  const made = parsePolicy(text, file, origin)
  parsed.set(key, made)
  return made
}

/** A file's text as a policy source: `present`, `absent`, or `invalid` with every problem. */
export const sourceOf = ({ commit, file }: PolicyFile, origin: PolicyOrigin): PolicySource => {
  if (file === null) return { state: 'absent' }
  const result = parseOnce(file.text, file.path, origin)
  return result.ok
    ? { state: 'present', policy: result.policy, sha: commit }
    : {
        state: 'invalid',
        problems: result.problems,
        sha: commit,
        ...(result.branches === undefined ? {} : { branches: result.branches }),
      }
}

/** What became of reading one file; `none`: the place where it would stand is not to be seen. */
export const readLayer = async (origin: PolicyOrigin, read: () => Promise<PolicyFile | 'none'>): Promise<LayerRead> => {
  try {
    const file = await read()
    if (file === 'none') return { source: { state: 'absent' }, commit: null }
    return { source: sourceOf(file, origin), commit: file.file === null ? null : file.commit }
  } catch (error) {
    if (error instanceof Unreadable) return { source: { state: 'unreadable', reason: error.message }, commit: null }
    if (error instanceof BadPolicyFile) {
      const place = { file: error.path, line: 1, column: 1, endLine: 1, endColumn: 1 }
      return {
        source: {
          state: 'invalid',
          problems: [{ ...place, message: error.problem, severity: 'error' }],
          sha: error.commit,
        },
        commit: error.commit,
      }
    }
    throw error
  }
}

interface LayerRead {
  readonly source: PolicySource
  readonly commit: Sha | null
}

const NOT_SEEN = 'the organisation’s policy repository cannot be seen by this installation'

/** The organisation's last valid file stays in force while the newest is not; that is said aloud at every look. */
const inForce = async (
  { records, clock, log }: Gatekeeper,
  { installation }: RepositoryAddress,
  file: PolicyFile,
  layer: LayerRead,
): Promise<LayerRead> => {
  const kept = await records.keptPolicy(installation)
  if (layer.source.state === 'present' && file.file !== null) {
    if (kept?.text !== file.file.text)
      await records.keepPolicy(installation, { commit: file.commit, ...file.file }, clock.now())
    return layer
  }
  if (layer.source.state !== 'invalid' || kept === null) return layer
  log.error(
    { installation, commit: layer.commit, inForce: kept.commit },
    'the organisation’s policy file is not valid; the last valid one stays in force',
  )
  return { source: sourceOf({ commit: kept.commit, file: kept }, 'organisation'), commit: kept.commit }
}

/**
 * The organisation's layer under `ORGANISATION_POLICY`: `none` never reads it; `required` takes not seeing it for
 * unreadable; `auto` does so once it was ever read, because a repository that vanishes from sight is not a policy that
 * was withdrawn. Where it was never seen by an installation of all repositories, there is none; by one of only some,
 * there may be one, which is not applied, and every report says so.
 */
const organisationLayer = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  fresh: boolean,
): Promise<LayerRead & { readonly unseen?: boolean }> => {
  const { records, settings } = gatekeeper
  if (settings.organisationPolicy === 'none') return { source: { state: 'absent' }, commit: null }
  let found: PolicyFile | 'none' | 'unseen' | null = null
  const layer = await readLayer('organisation', async () => {
    const read = await repository.organisationPolicy({ fresh })
    found = read
    return read === 'unseen' ? 'none' : read
  })
  const read = found as PolicyFile | 'none' | 'unseen' | null
  if (read === null) return layer
  if (read !== 'none' && read !== 'unseen') return inForce(gatekeeper, repository.address, read, layer)
  const demanded =
    settings.organisationPolicy === 'required' || (await records.keptPolicy(repository.address.installation)) !== null
  return demanded
    ? { source: { state: 'unreadable', reason: NOT_SEEN }, commit: null }
    : { ...layer, unseen: read === 'unseen' }
}

/** The policy that governs a repository, its own layer read at `commit` (the base or default branch, never a head). */
export const readPolicies = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  commit: Sha,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<PoliciesRead> => {
  const [organisation, own] = await Promise.all([
    organisationLayer(gatekeeper, repository, fresh),
    readLayer('repository', () => repository.policyAt(commit)),
  ])
  return {
    policies: { organisation: organisation.source, repository: own.source },
    commits: { organisation: organisation.commit, repository: own.commit },
    unseen: organisation.unseen === true,
  }
}
