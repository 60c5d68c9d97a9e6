import type { Gate } from '../src/policy/gate.js'
import type { PolicySource } from '../src/policy/composing/gates.js'
import { document, gates } from './dist.js'

/** Ten rules, and what every release gate has besides: the `event` rule added unasked, freezes, an override, a rollback list. */
const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
  core: { teams: [core], roles: [maintain] }
branches:
  main:
    protection:
      pull_request: { approvals: 1, dismiss_stale: true, last_push: true, code_owners: false }
      checks: [test, security-scan]
      up_to_date: true
      force_push: false
      deletion: false
      admins: true
environments:
  production:
    tier: production
    release:
      - ref: { branches: [main, release/*] }
      - protected: {}
      - deployer: { in: managers }
      - checks: [test, security-scan]
      - deployed: { to: development, for: 30m }
      - reviewed: {}
      - documents: { headings: [Feature brief, Test data, Security assessment, Rollback plan] }
      - approval: { from: leads }
      - window: [{ days: mon-thu, hours: "09:00-16:00", timezone: Europe/Berlin }]
      - newest: {}
    rollback:
      within: 90d
      rules:
        - deployer: { in: managers }
    override: { by: core, count: 1, expires: 1h, review_within: 24h, reviewed_by: leads }
    bypass: { cancel: false, review_within: 24h, reviewed_by: leads }
freezes:
  - name: Year end
    from: 2026-12-18T18:00
    to: 2027-01-04T08:00
    timezone: Europe/Berlin
    tiers: [production]
`

/** The gate that is judged. @throws {Error} when the policy above is not valid. */
export const releaseGate = (): Gate => {
  const read = document.parsePolicy(POLICY, '.github/release-gates.yml', 'repository')
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  const repository: PolicySource = { state: 'present', policy: read.policy, sha: 'bench' }
  const place = { repository: 'acme/shop', defaultBranch: 'main', environment: 'production' }
  return gates.gateOfRelease({ organisation: { state: 'absent' }, repository }, place)
}
