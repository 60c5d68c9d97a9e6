import type { Sha } from '../policy/facts.js'
import type { Gate } from '../policy/gate.js'
import { gateOfPush, gateOfRelease, gatesOfChange } from '../policy/composing/gates.js'
import { showCheck } from './answer-check.js'
import { checkName, type CheckOf } from './check-names.js'
import { fullName } from './evaluate-change.js'
import { STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import { readPolicies } from './policies.js'
import { Unreadable, type Lease, type Repository } from './ports.js'

const checkOf = ({ subject }: Lease): CheckOf | null => {
  switch (subject.kind) {
    case 'change':
    case 'group':
      return { of: 'merge' }
    case 'push':
      return { of: 'push' }
    case 'deployment':
      return { of: 'deploy', environment: subject.environment }
    case 'api_deployment':
    case 'start':
    case 'command':
    case 'press':
    case 'repository':
      return null
  }
}

/** The gate by which the default branch's policy would guard this subject: the best guess while it is unreadable. */
const guardOf = async (gatekeeper: Gatekeeper, repository: Repository, { subject }: Lease): Promise<Gate | null> => {
  const { defaultBranch, tip } = await repository.state()
  const { policies } = await readPolicies(gatekeeper, repository, tip)
  const at = { repository: fullName(repository), defaultBranch }
  if (subject.kind === 'push') return gateOfPush(policies, { ...at, branch: subject.branch })
  if (subject.kind === 'deployment') return gateOfRelease(policies, { ...at, environment: subject.environment })
  return gatesOfChange(policies, { ...at, base: defaultBranch })[0] ?? null
}

/**
 * The check to speak in: the one that stands there already, or else the one that the likely gate would post. A run that
 * asks us has a gate in any case, even where not even that can be read.
 * @throws {Unreadable} where it cannot be told whether there is a gate.
 */
const nameFor = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  of: CheckOf,
  sha: Sha,
): Promise<string | null> => {
  for (const mode of ['enforce', 'observe'] as const) {
    const name = checkName(of, mode)
    if ((await gatekeeper.records.lastCheck(repository.address.id, sha, name)) !== null) return name
  }
  try {
    const gate = await guardOf(gatekeeper, repository, lease)
    return gate && checkName(of, gate.mode)
  } catch (error) {
    if (!(error instanceof Unreadable) || lease.subject.kind !== 'deployment') throw error
    return checkName(of)
  }
}

/**
 * The subject cannot be read at all, again: whatever stood there in green is closed, and says what could not be read and
 * when the next look is. Where GitHub does not take that either, it is logged, and the next look tries again.
 */
export const sayUnreadable = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  trouble: Unreadable,
): Promise<void> => {
  const of = checkOf(lease)
  const { sha } = lease
  if (of === null || sha === null) return
  try {
    const name = await nameFor(gatekeeper, lease, repository, of, sha)
    if (name === null) return
    const content = {
      name,
      sha,
      conclusion: null,
      title: `Could not read ${trouble.what}: looking again`.slice(0, 140),
      summary: `${trouble.message}\n\nThe gate stays closed until it can be read; this app keeps looking by itself.`,
    }
    await showCheck(gatekeeper, lease, repository, content, null, STALE_AFTER)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    gatekeeper.log.warn({ subject: lease.key, error: error.message }, 'GitHub took no word of what could not be read')
  }
}
