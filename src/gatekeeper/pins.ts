import { createHash } from 'node:crypto'
import type { Policies, PolicySource } from '../policy/composing/gates.js'
import { groupsText, pinnedNames } from '../policy/composing/pinned-names.js'
import type { PolicyDocument } from '../policy/reading/document.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { Repository } from './ports.js'

/** 48 bits, so that it is a whole number that every engine stores. */
const fingerprint = (policy: PolicyDocument | null): number =>
  Number.parseInt(createHash('sha256').update(groupsText(policy)).digest('hex').slice(0, 12), 16)

/** A file that was read, or is known not to be there; `undefined`: nobody can tell what it says. */
const readable = (source: PolicySource): PolicyDocument | null | undefined => {
  switch (source.state) {
    case 'present':
      return source.policy
    case 'absent':
      return null
    case 'invalid':
    case 'unreadable':
      return undefined
  }
}

/**
 * Releases the pins of a layer whose `groups` a commit has changed: what a name means from now on is what it means at the
 * next look. Names that the organisation's file uses are released by that file alone, in whatever repository. To be called
 * with the policy of the default branch only: another branch may be anybody's.
 */
export const releasePins = async (
  { records, clock, log }: Gatekeeper,
  { address: { id } }: Repository,
  policies: Policies,
): Promise<void> => {
  const organisation = readable(policies.organisation)
  const own = readable(policies.repository)
  if (organisation === undefined) return
  const names = organisation === null ? [] : pinnedNames(organisation)
  const seen = async (layer: 'organisation' | 'repository', policy: PolicyDocument | null): Promise<void> => {
    const groups = { layer, fingerprint: fingerprint(policy), organisationNames: names }
    if (await records.groupsSeen(id, groups, clock.now()))
      log.info({ repository: id, layer }, '`groups` changed: what their names mean is learnt anew')
  }
  if (organisation !== null) await seen('organisation', organisation)
  if (own !== undefined) await seen('repository', own)
}
