import { has, type Payload } from './payload.js'
import { wakeInstallation, wakeRepository, type Handler } from './hints.js'

type ProtectionEvent = 'branch_protection_rule' | 'branch_protection_configuration' | 'repository_ruleset'

/** What GitHub enforces changed, in a repository or, by a ruleset of the organisation, in all of them. */
export const onProtection: Handler<Payload<ProtectionEvent>> = (payload) => [
  has(payload, 'repository') ? wakeRepository(payload, ['protection']) : wakeInstallation(payload, ['protection']),
]
