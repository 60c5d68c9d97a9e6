import { describe, expect, test } from '@jest/globals'
import { withTrustedClock } from '../../src/gatekeeper/clock-trust.js'
import { gateOfRelease } from '../../src/policy/composing/gates.js'
import { parsePolicy } from '../../src/policy/reading/document.js'

const SOAKING = 'deployed: { to: staging, for: 1h }'
const MANAGERS = { group: 'groups: { managers: { teams: [managers] } }' }

const gateWith = (release: string) => {
  const text = `version: 1\n${MANAGERS.group}\nenvironments:\n  production:\n    tier: production\n${release}\n  staging: { tier: staging, release: [ref: { branches: [main] }] }\n`
  const read = parsePolicy(text, 'release-gates.yml', 'repository')
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const policies = {
    organisation: { state: 'absent' as const },
    repository: { state: 'present' as const, policy: read.policy, sha: 'a'.repeat(40) },
  }
  const gate = gateOfRelease(policies, { repository: 'acme/shop', defaultBranch: 'main', environment: 'production' })
  if (gate === null) throw new Error('there is no gate')
  return gate
}
const problemAt = (release: string, offset: number | null) =>
  withTrustedClock({ github: { clockOffset: () => offset } } as never, gateWith(release)).problem

describe('while our clock is half a minute off GitHub’s', () => {
  test.each([
    ['a window', "    release:\n      - window: [{ days: [mon], hours: '09:00-17:00', timezone: UTC }]"],
    ['a delay', '    release:\n      - delay: 10m'],
    ['time to soak', `    release:\n      - ${SOAKING}`],
    ['an approval that lapses', '    release:\n      - approval: { from: managers, within: 1h }'],
    ['one of them inside a combination', '    release:\n      - any: [{ delay: 10m }, { ref: { branches: [main] } }]'],
    ['an override that expires', '    release:\n      - ref: { branches: [main] }\n    override: { by: managers }'],
  ])('a gate with %s is undecided', (_what, release) => {
    for (const offset of [-31_000, 31_000])
      expect(problemAt(release, offset)).toMatchObject({ code: 'fact_unknown', values: { fact: 'clock' } })
    for (const offset of [null, -30_000, 30_000]) expect(problemAt(release, offset)).toBeNull()
  })

  test('a gate that no time changes is judged', () => {
    expect(
      problemAt('    release:\n      - approval: { from: managers }\n      - deployed: { to: staging }', 5_000_000),
    ).toBeNull()
  })
})
