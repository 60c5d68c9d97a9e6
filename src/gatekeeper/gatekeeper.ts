import type { Clock, Debts, GitHub, Logger, Records, Subjects } from './ports.js'

/** How the organisation's policy file is treated where it cannot be seen (`ORGANISATION_POLICY`). */
export type OrganisationPolicy = 'auto' | 'required' | 'none'

export interface GatekeeperSettings {
  readonly organisationPolicy: OrganisationPolicy
  /** Lower-case logins; empty: every organisation that installs the app. */
  readonly allowedOrganisations: readonly string[]
}

/** What every use case needs: ports only. */
export interface Gatekeeper {
  readonly github: GitHub
  readonly records: Records & Debts
  readonly subjects: Subjects
  readonly clock: Clock
  readonly log: Logger
  readonly settings: GatekeeperSettings
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
/** How soon a gate that could not read something looks again. */
export const SOON = 30 * SECOND
/** The net under lost events: a waiting deployment is looked at again at least this often. */
export const NET = 5 * MINUTE
/** GitHub calls an open check run stale after 14 days; ours are posted anew before that. */
export const STALE_AFTER = 13 * 24 * 60 * MINUTE

/** The earliest of several instants; `null` when there is none. */
export const earliest = (...instants: readonly (number | null | undefined)[]): number | null => {
  const given = instants.filter((instant): instant is number => typeof instant === 'number')
  return given.length === 0 ? null : Math.min(...given)
}
