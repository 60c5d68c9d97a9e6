const FILES = 20
const EACH = 50

/** How many scenarios there are over all files. */
export const SCENARIOS = FILES * EACH

const POLICY = `version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main:
    protection: { pull_request: { approvals: 1 }, checks: [test], force_push: false }
    merge:
      - approval: { from: leads }
      - checks: [test, security-scan]
      - when: [{ changed: { paths: ["src/auth/**"] } }]
        require: [{ approval: { from: appsec } }]
      - conversations: resolved
environments:
  production:
    release:
      - ref: { branches: [main] }
      - protected: {}
      - deployer: { in: managers }
      - checks: [test, security-scan]
      - deployed: { to: development, for: 30m }
      - reviewed: {}
      - approval: { from: leads }
      - window: [{ days: mon-thu, hours: "09:00-16:00", timezone: Europe/Berlin }]
`

const HEAD = `policy: policy.yml
defaults:
  repository: acme/shop
  now: 2026-11-23T10:00:00Z
  teams: { development-leads: [lena, leo], delivery-managers: [dora, dan], appsec: [ada] }
scenarios:
`

const change = (n: number): string => `  - name: change ${n}
    change:
      number: ${n}
      author: dev
      commits:
        - { sha: c1, author: dev }
        - { sha: c2, author: devi, parents: [c1] }
      files:
        - { path: src/a${n}.ts, additions: 5, deletions: ${n % 9} }
        - { path: docs/b.md, additions: 1 }
      reviews:
        - { by: lena, state: approved, commit: ${n % 4 === 1 ? 'c1' : 'c2'}, at: 2026-11-23T09:${minute(n)}:00Z }
        - { by: leo, state: commented, commit: c2, at: 2026-11-23T09:30:00Z }
      checks: { test: success, security-scan: success }
    expect: ${n % 4 === 1 ? 'wait\n    because: [approval_stale]' : 'allow'}
`

const deployment = (n: number): string => `  - name: deployment ${n}
    deployment:
      environment: production
      sha: c2
      ref: refs/heads/main
      by: ${n % 3 === 0 ? 'dev' : 'dora'}
      ships:
        - { sha: c1, author: dev, change: { number: ${n}, author: dev, merged_by: lou, gate: allow } }
        - { sha: c2, author: devi, change: { number: ${n + 1}, author: devi, merged_by: lou, gate: allow } }
      checks: { test: success, security-scan: success }
      released:
        - { environment: development, sha: c2, at: 2026-11-23T08:${minute(n)}:00Z }
      approvals:
        - { by: leo, at: 2026-11-23T09:40:00Z }
    expect: ${n % 3 === 0 ? 'wait\n    because: [deployer_missing]' : 'allow'}
`

const minute = (n: number): string => String(n % 60).padStart(2, '0')

type Files = readonly (readonly [string, string])[]

/** The same scenarios, five in a file, each file with the policy inside it. */
export const inlineFiles = (): Files => {
  const inline = POLICY.trimEnd().replaceAll(/^/gm, '  ')
  const head = HEAD.replace('policy: policy.yml', `policy:\n${inline}`)
  return Array.from({ length: SCENARIOS / 5 }, (_, file) => {
    const numbers = Array.from({ length: 5 }, (__, index) => 1 + file * 5 + index)
    return [`f${String(file).padStart(3, '0')}.gates-test.yml`, head + numbers.map(scenario).join('')] as const
  })
}

/** Every file by its name: the policy, and scenarios of which no two are the same. */
export const scenarioFiles = (): Files => [
  ['policy.yml', POLICY],
  ...Array.from({ length: FILES }, (_, file): readonly [string, string] => {
    const numbers = Array.from({ length: EACH }, (__, index) => 1 + file * EACH + index)
    return [`f${String(file).padStart(2, '0')}.gates-test.yml`, HEAD + numbers.map(scenario).join('')]
  }),
]

const scenario = (n: number): string => (n % 2 === 0 ? deployment(n) : change(n))
