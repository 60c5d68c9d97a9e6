import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decide } from '../../src/policy/decide.js'
import { formatProblem, parsePolicy } from '../../src/policy/reading/document.js'
import type { PolicySource } from '../../src/policy/composing/gates.js'
import { ago, DAY, HOUR, NOW } from './given.js'
import { entries, EXTRAS, FREEZES, MERGE, RELEASE } from './properties-gates.js'
import { caseOf, policyOf, type Made } from './properties-given.js'
import { rawChange, rawDeployment, type Raw } from './properties-subjects.js'

/** What a repository may write besides its rules; it cannot take anything from what stands above. */
const OWN_EXTRAS = EXTRAS.filter((extra) => !extra.startsWith('rollback'))
const OWN_ROLLBACKS = [
  [],
  ['rollback: { within: 365d, rules: [{ event: { in: [push, schedule] } }] }'],
  ['rollback: { within: 1s, rules: [{ event: { in: [push, schedule] } }] }'],
]

interface Pair {
  readonly above: Made
  readonly own: Made
  readonly raw: Raw
}

const releasePair: fc.Arbitrary<Pair> = fc
  .record({
    raw: rawDeployment,
    above: entries(RELEASE),
    own: entries([...RELEASE, '{ event: { in: [push] } }']),
    aboveMore: fc.subarray([...EXTRAS]),
    ownMore: fc
      .tuple(fc.subarray(OWN_EXTRAS), fc.constantFrom(...OWN_ROLLBACKS))
      .map(([extras, rollback]) => [...extras, ...rollback]),
    freezes: fc.subarray([...FREEZES]),
  })
  .map(({ raw, above, own, aboveMore, ownMore, freezes }) => ({
    raw,
    above: { kind: 'release', raw, list: above, more: aboveMore, freezes },
    own: { kind: 'release', raw, list: own, more: ownMore, freezes: [] },
  }))

/** The organisation's freeze is all that holds a deployment for which the repository's override was given. */
const frozenPair = releasePair.map((pair): Pair => {
  const overrides = [{ by: 'cora', at: ago(HOUR), reason: 'down' }]
  const ready = { ref: 'refs/heads/main', event: 'push', reachable: true, fork: false, bypasses: [], overrides }
  const freezes = FREEZES.filter((freeze) => freeze.includes('name: Now'))
  return {
    raw: { ...pair.raw, ...ready },
    above: { ...pair.above, list: [{ rule: '{ ref: { branches: [main] } }' }], more: [], freezes },
    own: { ...pair.own, more: EXTRAS.filter((extra) => extra.startsWith('override')) },
  }
})

const mergePair: fc.Arbitrary<Pair> = fc
  .record({
    raw: rawChange,
    above: entries(MERGE),
    own: entries(MERGE),
    distinct: fc.tuple(fc.boolean(), fc.boolean()),
  })
  .map(({ raw, above, own, distinct: [one, two] }) => ({
    raw,
    above: { kind: 'merge', raw, list: above, more: [`distinct: ${one}`], freezes: [] },
    own: { kind: 'merge', raw, list: own, more: [`distinct: ${two}`], freezes: [] },
  }))

const read = (text: string, origin: 'organisation' | 'repository'): PolicySource => {
  const parsed = parsePolicy(`version: 1\n${text}`, `${origin}.yml`, origin)
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return { state: 'present', policy: parsed.policy, sha: 'p1' }
}

const alone = ({ above, raw }: Pair) => {
  const organisation = read(policyOf(above, above.list), 'organisation')
  return caseOf(above, { organisation, repository: { state: 'absent' } }, raw)
}
const both = ({ above, own, raw }: Pair) => {
  const organisation = read(policyOf(above, above.list), 'organisation')
  return caseOf(above, { organisation, repository: read(policyOf(own, own.list), 'repository') }, raw)
}

const HAS_NO_RULE = '"no_rule_applies"'

test('what a repository adds never opens what the organisation alone keeps shut', () => {
  let open = 0
  fc.assert(
    fc.property(
      fc.oneof({ weight: 3, arbitrary: releasePair }, { weight: 3, arbitrary: mergePair }, frozenPair),
      (pair) => {
        const above = alone(pair)
        const before = decide(above.gate, above.facts, NOW)
        fc.pre(!JSON.stringify(before.findings).includes(HAS_NO_RULE))
        const whole = both(pair)
        const after = decide(whole.gate, whole.facts, NOW)
        if (after.decision === 'allow') open += 1
        expect({ opened: after.decision === 'allow' && before.decision !== 'allow', after, before }).toMatchObject({
          opened: false,
        })
      },
    ),
    { numRuns: 500 },
  )
  expect(open).toBeGreaterThan(0)
})

test('a repository that takes fewer releases for rollbacks is not free of what the organisation asks of one', () => {
  const above =
    'tiers: { production: { release: [{ ref: { branches: [main] } }], rollback: { rules: [{ approval: { from: leads } }] } } }'
  const narrow = 'environments: { production: { rollback: { within: 1s, rules: [{ ref: { branches: [main] } }] } } }'
  const given = { organisation: read(above, 'organisation'), repository: read(narrow, 'repository') }
  const recent = { ...LONG_AGO, released: [{ sha: 'c1', at: ago(80 * DAY) }, ...(LONG_AGO.released ?? []).slice(1)] }
  const { gate, facts } = caseOf({ kind: 'release' }, given, recent)
  expect(decide(gate, facts, NOW)).toMatchObject({ decision: 'wait' })
})

/** The organisation's override reaches what stands below it: that is what it is for. */
const withoutOverride = (pair: Pair): Pair => ({
  ...pair,
  above: { ...pair.above, more: pair.above.more.filter((extra) => !extra.startsWith('override')) },
})

test('a layer of the organisation never opens what the repository alone keeps shut by an active entry', () => {
  let open = 0
  fc.assert(
    fc.property(fc.oneof(releasePair, mergePair).map(withoutOverride), (pair) => {
      const { own, raw } = pair
      const repository = read(policyOf(own, own.list), 'repository')
      const below = caseOf(own, { organisation: { state: 'absent' }, repository }, raw)
      const before = decide(below.gate, below.facts, NOW)
      fc.pre(!JSON.stringify(before.findings).includes(HAS_NO_RULE))
      const whole = both(pair)
      const after = decide(whole.gate, whole.facts, NOW)
      if (after.decision === 'allow') open += 1
      expect({ opened: after.decision === 'allow' && before.decision !== 'allow', after, before }).toMatchObject({
        opened: false,
      })
    }),
    { numRuns: 400 },
  )
  expect(open).toBeGreaterThan(0)
})

const LONG_AGO: Raw = {
  sha: 'c1',
  released: [
    { environment: 'production', sha: 'c1', at: ago(200 * DAY) },
    { environment: 'production', sha: 'c3', at: ago(DAY), contains: true },
  ],
}
const WIDE = 'environments: { production: { rollback: { within: 365d, rules: [{ ref: { branches: [main] } }] } } }'
const NEWEST = 'environments: { production: { release: [{ newest: {} }] } }'
const FREEZE =
  'freezes: [{ name: f, from: 2026-01-01T00:00, to: 2027-01-01T00:00, timezone: UTC, except: { rollback: true } }]'

test.each([
  ['its rule `newest`', NEWEST, WIDE],
  ['its freeze', FREEZE, `${WIDE.slice(0, -4)}, release: [{ ref: { branches: [main] } }] } }`],
])('no repository calls a rollback what the organisation would not, to be free of %s', (_what, above, own) => {
  const given = { organisation: read(above, 'organisation'), repository: read(own, 'repository') }
  const { gate, facts } = caseOf({ kind: 'release' }, given, LONG_AGO)
  expect(decide(gate, facts, NOW)).toMatchObject({ decision: above === NEWEST ? 'deny' : 'wait' })
  const recent = { ...LONG_AGO, released: [{ sha: 'c1', at: ago(80 * DAY) }, ...(LONG_AGO.released ?? []).slice(1)] }
  const sooner = caseOf({ kind: 'release' }, given, recent)
  expect(decide(sooner.gate, sooner.facts, NOW)).toMatchObject({ decision: 'allow', rollback: true })
})
