import type { GatekeeperSettings } from './gatekeeper.js'

/** Whether an organisation, or a person, by its login is served (`ALLOWED_ORGANISATIONS`). */
export const isAllowed = (
  { allowedOrganisations }: Pick<GatekeeperSettings, 'allowedOrganisations'>,
  owner: string,
): boolean => allowedOrganisations.length === 0 || allowedOrganisations.includes(owner.toLowerCase())
