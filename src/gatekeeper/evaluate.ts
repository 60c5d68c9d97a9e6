import { isAllowed } from './allowed.js'
import { lookAtPush } from './broken-policy.js'
import { actOnPress } from './press.js'
import { evaluateApiDeployment } from './evaluate-api-deployment.js'
import { evaluateChange } from './evaluate-change.js'
import { evaluateDeployment } from './evaluate-deployment.js'
import { evaluateGroup } from './evaluate-group.js'
import type { Gatekeeper } from './gatekeeper.js'
import { actOnCommand } from './command.js'
import { Unreadable, type Judged, type Lease, type Repository } from './ports.js'
import { sayUnreadable } from './say-unreadable.js'
import { urgencyOf } from './subject.js'
import { lookAtRepository } from './sweep.js'
import { watchStart } from './watch-start.js'

const FINISHED: Judged = { lookAgainAt: null, asked: [], sha: null, finished: true }

const look = (gatekeeper: Gatekeeper, lease: Lease, repository: Repository): Promise<Judged> => {
  const { subject } = lease
  switch (subject.kind) {
    case 'change':
      return evaluateChange(gatekeeper, lease, repository, subject.number)
    case 'group':
      return evaluateGroup(gatekeeper, lease, repository, subject)
    case 'push':
      return lookAtPush(gatekeeper, lease, repository, subject)
    case 'deployment':
      return evaluateDeployment(gatekeeper, lease, repository, subject.environment, subject.run)
    case 'api_deployment':
      return evaluateApiDeployment(gatekeeper, lease, repository, subject.deployment)
    case 'start':
      return watchStart(gatekeeper, lease, repository, subject)
    case 'command':
      return actOnCommand(gatekeeper, lease, repository, subject)
    case 'press':
      return actOnPress(gatekeeper, lease, repository, subject)
    case 'repository':
      return lookAtRepository(gatekeeper, repository, lease.installation)
  }
}

/**
 * One look at a subject: facts read afresh, judged, recorded, answered.
 * @throws {Unreadable} when the look could not even begin; what was green closes and says so, from the second time on.
 */
export const evaluate = async (gatekeeper: Gatekeeper, lease: Lease): Promise<Judged> => {
  const address = await gatekeeper.subjects.address(lease.subject.repository)
  if (address === null) {
    gatekeeper.log.info({ subject: lease.key }, 'the repository is no longer ours to judge')
    return FINISHED
  }
  if (!isAllowed(gatekeeper.settings, address.owner)) {
    gatekeeper.log.warn(
      { subject: lease.key, owner: address.owner },
      'the organisation is not among ALLOWED_ORGANISATIONS',
    )
    return FINISHED
  }
  const purpose = {
    urgency: urgencyOf(lease.subject, lease.priority),
    about: lease.subject.kind,
    delivery: lease.delivery,
  }
  const repository = await gatekeeper.github.repository(address, purpose)
  try {
    return await look(gatekeeper, lease, repository)
  } catch (error) {
    if (error instanceof Unreadable && lease.attempts > 0) await sayUnreadable(gatekeeper, lease, repository, error)
    throw error
  }
}
