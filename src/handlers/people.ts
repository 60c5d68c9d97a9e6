import type { Payload } from './payload.js'
import { wakeInstallation, wakeRepository, type Handler } from './hints.js'

/** A collaborator's role changed. */
export const onMember: Handler<Payload<'member'>> = (payload) => [wakeRepository(payload, ['roles'])]

/** Somebody joined or left a team, and with it every team above: all teams are asked again. */
export const onMembership: Handler<Payload<'membership'>> = (payload) => [wakeInstallation(payload, ['teams', 'roles'])]

/** A team was made, renamed, moved, deleted, or given or denied a repository. */
export const onTeam: Handler<Payload<'team'>> = (payload) => [wakeInstallation(payload, ['teams', 'roles'])]

/** Somebody joined or left the organisation, or it has another name. An invitation alone makes nobody a member. */
export const onOrganization: Handler<Payload<'organization'>> = (payload) =>
  payload.action === 'member_invited'
    ? []
    : [wakeInstallation(payload, ['organizations', 'teams', 'roles', 'repository'])]
