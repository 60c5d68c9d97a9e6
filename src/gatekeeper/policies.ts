import { parsePolicy, type PolicyOrigin } from '../policy/document.js'
import type { Policies, PolicySource } from '../policy/gates.js'
import type { Sha } from '../policy/facts.js'
import type { Gatekeeper } from './gatekeeper.js'
import { BadPolicyFile, Unreadable, type PolicyFile, type Repository } from './ports.js'

/** Both layers as they stand, and by which commits: what a verdict rests on. */
export interface PoliciesRead {
  readonly policies: Policies
  readonly commits: { readonly organisation: Sha | null; readonly repository: Sha | null }
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
    : { state: 'invalid', problems: result.problems, sha: commit }
}

const reading = async (
  origin: PolicyOrigin,
  read: () => Promise<PolicyFile | 'none'>,
): Promise<{ source: PolicySource; commit: Sha | null }> => {
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

const SEEN = 'seen'
const scopeOf = (repository: Repository) => `organisation-policy/${repository.address.installation}`

/**
 * The organisation's layer under `ORGANISATION_POLICY`: `none` never reads it; `required` takes not seeing it for
 * unreadable; `auto` does so once it was ever read, because a repository that vanishes from sight is not a policy that
 * was withdrawn.
 */
const organisationLayer = async ({ records, settings, clock }: Gatekeeper, repository: Repository, fresh: boolean) => {
  if (settings.organisationPolicy === 'none') return { source: { state: 'absent' } as const, commit: null }
  let hidden = false
  const layer = await reading('organisation', async () => {
    const file = await repository.organisationPolicy({ fresh })
    hidden = file === 'none'
    return file
  })
  const scope = scopeOf(repository)
  if (hidden) {
    const seen =
      settings.organisationPolicy === 'required' || (await records.pin(scope, SEEN, 0 as never, clock.now())) === 1
    const reason = 'the organisation’s policy repository cannot be seen by this installation'
    return seen ? { source: { state: 'unreadable', reason } as const, commit: null } : layer
  }
  if (layer.source.state === 'present' && (await records.pin(scope, SEEN, 1 as never, clock.now())) !== 1) {
    await records.unpin(scope, clock.now())
    await records.pin(scope, SEEN, 1 as never, clock.now())
  }
  return layer
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
    reading('repository', () => repository.policyAt(commit)),
  ])
  return {
    policies: { organisation: organisation.source, repository: own.source },
    commits: { organisation: organisation.commit, repository: own.commit },
  }
}
