import { gatesOfChange, gateOfPush } from '../policy/gates.js'
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

/** Whether the default branch's policy would guard this subject: the best guess while the subject itself is unreadable. */
const guarded = async (gatekeeper: Gatekeeper, repository: Repository, { subject }: Lease): Promise<boolean> => {
  const { defaultBranch, tip } = await repository.state()
  const { policies } = await readPolicies(gatekeeper, repository, tip)
  const at = { repository: fullName(repository), defaultBranch }
  if (subject.kind === 'push') return gateOfPush(policies, { ...at, branch: subject.branch }) !== null
  return gatesOfChange(policies, { ...at, base: defaultBranch }).length > 0
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
  if (of === null || lease.sha === null) return
  const name = checkName(of)
  try {
    const last = await gatekeeper.records.lastCheck(repository.address.id, lease.sha, name)
    if (last === null && !(await guarded(gatekeeper, repository, lease))) return
    const content = {
      name,
      sha: lease.sha,
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
