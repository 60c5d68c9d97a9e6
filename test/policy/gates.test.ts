import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatProblem, parsePolicy, type PolicyOrigin } from '../../src/policy/reading/document.js'
import type { Entry, Gate } from '../../src/policy/gate.js'
import {
  coversBranch,
  gateOfPush,
  gateOfRelease,
  gatesOfChange,
  mergeGateOfShipped,
  namedEnvironments,
  type Policies,
  type PolicySource,
} from '../../src/policy/composing/gates.js'

const ABSENT: PolicySource = { state: 'absent' }
const UNREADABLE: PolicySource = { state: 'unreadable', reason: '503' }
const at = { repository: 'acme/shop', defaultBranch: 'main' }

const source = (text: string, origin: PolicyOrigin): PolicySource => {
  const file = origin === 'organisation' ? 'release-gates.yml' : '.github/release-gates.yml'
  const read = parsePolicy(`version: 1\n${text}`, file, origin)
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'))
  return { state: 'present', policy: read.policy, sha: 'p1' }
}
const organisation = (text: string) => source(text, 'organisation')
const repository = (text: string) => source(text, 'repository')
const only = (repositoryText: string): Policies => ({ organisation: ABSENT, repository: repository(repositoryText) })
const both = (organisationText: string, repositoryText: string): Policies => ({
  organisation: organisation(organisationText),
  repository: repository(repositoryText),
})
const broken = (text: string): PolicySource => {
  const read = parsePolicy(text, '.github/release-gates.yml', 'repository')
  if (read.ok) throw new Error('the file was taken for valid')
  return { state: 'invalid', sha: 'p1', problems: read.problems, ...(read.branches ? { branches: read.branches } : {}) }
}

/** `layer: rule, rule` of every layer of a gate. */
const shape = (gate: Gate | null | undefined) =>
  gate?.layers.map(
    ({ name, entries }) =>
      `${name}: ${entries.map((entry) => (entry.kind === 'rule' ? entry.rule.name : entry.kind)).join(', ')}`,
  )

const change = (policies: Policies, base = 'main') => gatesOfChange(policies, { ...at, base })
const push = (policies: Policies, branch = 'main') => gateOfPush(policies, { ...at, branch })
const release = (policies: Policies, environment: string) => gateOfRelease(policies, { ...at, environment })

const paramsOf = (entry: Entry | undefined) => (entry?.kind === 'rule' ? entry.params : undefined)
const slugs = (gate: Gate | null | undefined) =>
  gate?.layers.flatMap(({ entries }) =>
    entries.map((entry) =>
      (paramsOf(entry) as { from: { parts: readonly { slug?: string }[] } }).from.parts.map(({ slug }) => slug),
    ),
  )

const MERGE = 'branches: { main: { merge: [{ approval: { from: leads } }] } }\n'
const RELEASE = 'environments: { production: { release: [{ approval: { from: leads } }] } }\n'

test('without any policy file, changes and pushes have no gate, and a release has the built-in one', () => {
  const none: Policies = { organisation: ABSENT, repository: ABSENT }
  expect(change(none)).toEqual([])
  expect(push(none)).toBeNull()
  expect(shape(release(none, 'dev'))).toEqual(['built-in: ref, protected, reviewed'])
  expect(shape(release(none, 'staging'))).toEqual(['built-in: ref, protected, reviewed'])
  expect(shape(release(none, 'production'))).toEqual(['built-in: ref, protected, reviewed, approval'])
  expect(shape(release(none, 'shop'))).toEqual(['built-in: ref, protected, reviewed, approval'])
})

test('the built-in release gate is about the default branch, whatever its name', () => {
  const gate = gateOfRelease(
    { organisation: ABSENT, repository: ABSENT },
    { repository: 'acme/shop', defaultBranch: 'a{b}', environment: 'dev' },
  )
  expect(paramsOf(gate.layers[0]?.entries[0])).toMatchObject({ branches: ['a[{]b[}]'] })
})

test('what was shipped before the app is judged by the branch’s own merge gate, or the built-in one without any file', () => {
  expect(slugs(mergeGateOfShipped({ organisation: ABSENT, repository: ABSENT }, { ...at, base: 'x' }))).toEqual([
    ['development-leads'],
  ])
  expect(slugs(mergeGateOfShipped(only(MERGE), { ...at, base: 'main' }))).toEqual([['leads']])
  expect(mergeGateOfShipped(only(MERGE), { ...at, base: 'next' })).toBeNull()
})

test('every branch key that matches applies, and their rules are joined', () => {
  const policies = only(`branches:
  main: { merge: [{ draft: false }] }
  "~default": { merge: [{ approval: { from: leads } }] }
  "*": { merge: [{ checks: [test] }] }
  "release/*": { merge: [{ fork: false }] }
`)
  expect(change(policies).map(shape)).toEqual([['repository branch: draft, approval, checks']])
  expect(change(policies, 'release/1').map(shape)).toEqual([['repository branch: fork']])
  expect(change(policies, 'release/1/2')).toEqual([])
})

test('branches are told apart by case, for git does', () => {
  expect(change(only(MERGE), 'Main')).toEqual([])
})

test('the organisation comes first, then the repository, each entry in the layer that names it', () => {
  const policies = both('branches: { "**": { merge: [{ checks: [scan] }] } }', MERGE)
  expect(change(policies).map(shape)).toEqual([['organisation branch: checks', 'repository branch: approval']])
})

test('the policy gate is a second list, of both files', () => {
  const policies = both('policy: [{ approval: { from: sec } }]', `policy: [{ approval: { from: leads } }]\n${MERGE}`)
  expect(change(policies).map(({ kind }) => kind)).toEqual(['merge', 'policy'])
  expect(shape(change(policies)[1])).toEqual(['organisation policy: approval', 'repository policy: approval'])
  expect(change(policies, 'next').map(({ kind }) => kind)).toEqual(['policy'])
})

test('a push gate is the branch’s', () => {
  expect(shape(push(only('branches: { main: { push: [{ reviewed: {} }, { protected: {} }] } }')))).toEqual([
    'repository branch: reviewed, protected',
  ])
  expect(push(only(MERGE))).toBeNull()
})

test('a release gate has four layers', () => {
  const text = (rule: string) =>
    `tiers: { production: { release: [${rule}] } }\nenvironments: { production: { release: [${rule}] } }\n`
  expect(shape(release(both(text('{ protected: {} }'), text('{ newest: {} }')), 'production'))).toEqual([
    'organisation tier: protected',
    'organisation environment: protected',
    'repository tier: newest',
    'repository environment: newest',
  ])
})

test('environments are compared case-blind after NFKC, and nothing else makes two names one', () => {
  expect(shape(release(only(RELEASE), 'PRODUCTION'))).toEqual(['repository environment: approval'])
  expect(shape(release(only(RELEASE), 'ｐroduction'))).toEqual(['repository environment: approval'])
  expect(release(only(RELEASE), 'prоduction').problem).toMatchObject({ code: 'no_rule_applies' })
  expect(release(only(RELEASE), 'production ').problem).toMatchObject({ code: 'no_rule_applies' })
})

test('an environment for which no layer has a gate is undecided once there is a policy file', () => {
  expect(release(only(MERGE), 'production').problem).toEqual({
    code: 'no_rule_applies',
    values: { environment: 'production', tier: 'production' },
  })
  expect(release({ organisation: organisation(MERGE), repository: ABSENT }, 'production').problem?.code).toBe(
    'no_rule_applies',
  )
})

test('an environment that no key names is judged by its tier', () => {
  const policies = only('tiers: { testing: { release: [{ protected: {} }] } }')
  expect(shape(release(policies, 'qa-3'))).toEqual(['repository tier: protected'])
  expect(release(policies, 'qa-3').tier).toBe('testing')
})

test('the default event rule is added once, unless a layer names it at the top', () => {
  const names = (gate: Gate) => gate.added.map((entry) => (entry.kind === 'rule' ? entry.rule.name : entry.kind))
  expect(names(release(only(RELEASE), 'production'))).toEqual(['event'])
  expect(names(release(only('environments: { qa: { release: [{ event: { in: [api] } }] } }'), 'qa'))).toEqual([])
  expect(
    names(release(only('environments: { qa: { release: [{ any: [{ event: { in: [api] } }] }] } }'), 'qa')),
  ).toEqual(['event'])
  expect(change(only(MERGE))[0]?.added).toEqual([])
})

test('a rollback list that names no event is judged by the default ones, whatever the ordinary list names', () => {
  const gate = release(
    only(
      'environments: { qa: { release: [{ event: { in: [api] } }], rollback: { rules: [{ deployer: { in: ops } }] } } }',
    ),
    'qa',
  )
  expect(gate.added).toEqual([])
  expect(gate.addedOnRollback?.map((entry) => (entry.kind === 'rule' ? entry.rule.name : entry.kind))).toEqual([
    'event',
  ])
})

test('an organisation file binds the repositories that it includes and does not exclude', () => {
  const bound = (text: string, name = 'acme/shop') =>
    gatesOfChange(
      { organisation: organisation(`repositories: ${text}\n${MERGE}`), repository: ABSENT },
      { ...at, repository: name, base: 'main' },
    ).length
  expect(bound('{ include: ["*"], exclude: ["sandbox-*"] }')).toBe(1)
  expect(bound('{ include: ["*"], exclude: ["sandbox-*"] }', 'acme/Sandbox-1')).toBe(0)
  expect(bound('{ include: ["pay*"] }')).toBe(0)
  expect(bound('{ exclude: ["acme/shop"] }')).toBe(0)
  expect(bound('{ include: ["acme/*"] }')).toBe(1)
})

test('a repository that no file binds is judged by the built-in policy', () => {
  const policies: Policies = {
    organisation: organisation(`repositories: { include: [other] }\n${RELEASE}`),
    repository: ABSENT,
  }
  expect(shape(release(policies, 'dev'))).toEqual(['built-in: ref, protected, reviewed'])
})

test('names are a group of the same file, then of the organisation’s, then a team', () => {
  const above = 'groups: { sec: { teams: [security] }, org-leads: { teams: [all-leads] } }\n'
  const own = `groups: { leads: { teams: [shop-leads] } }
branches: { main: { merge: [{ approval: { from: leads } }, { approval: { from: org-leads } }, { approval: { from: Nobody } }, { approval: { from: [LEADS, sec] } }] } }
`
  expect(slugs(change(both(above, own))[0])).toEqual([
    ['shop-leads'],
    ['all-leads'],
    ['nobody'],
    ['shop-leads', 'security'],
  ])
})

test('a repository’s group is invisible to the organisation’s layer, even where the clash of names closes the gate', () => {
  const policies = both(
    'branches: { main: { merge: [{ approval: { from: leads } }] } }',
    'groups: { leads: { users: [mallory] } }\n',
  )
  expect(slugs(change(policies)[0])).toEqual([['leads']])
  expect(change(policies)[0]?.problem?.code).toBe('policy_invalid')
})

test.each([
  ['a group', 'groups: { leads: { teams: [all-leads] } }'],
  ['a team in a rule', 'branches: { main: { merge: [{ approval: { from: leads } }] } }'],
  ['a team in an override', 'environments: { qa: { release: [{ newest: {} }], override: { by: Leads } } }'],
])(
  'a repository’s group with a name that the organisation’s file uses for %s closes the repository’s gates',
  (_what, above) => {
    const policies = both(above, `groups: { leads: { users: [mallory] } }\n${MERGE}${RELEASE}`)
    expect(change(policies)[0]?.problem?.code).toBe('policy_invalid')
    expect(JSON.stringify(release(policies, 'production').problem)).toContain('choose another')
  },
)

test('a repository may raise a tier', () => {
  const policies = both(
    'tiers: { production: { release: [{ approval: { from: managers } }] } }',
    'environments: { staging: { tier: production } }',
  )
  expect(release(policies, 'staging')).toMatchObject({ tier: 'production', problem: null })
  expect(shape(release(policies, 'staging'))).toEqual(['organisation tier: approval', 'repository environment: '])
})

test('a raise to a tier without an organisation gate leaves the gate of the tier it would have had', () => {
  const policies = both(
    'tiers: { staging: { release: [{ approval: { from: managers } }] } }',
    'environments: { staging: { tier: production, release: [{ newest: {} }] } }',
  )
  expect(shape(release(policies, 'staging'))).toEqual(['organisation tier: approval', 'repository environment: newest'])
})

test('a repository that states a lower tier has an invalid file', () => {
  const policies = both(
    MERGE,
    `environments: { production: { tier: staging, release: [{ newest: {} }] }, qa: { release: [{ newest: {} }] } }\n`,
  )
  expect(release(policies, 'production').problem?.code).toBe('tier_lowered')
  expect(release(policies, 'qa').problem?.code).toBe('policy_invalid')
  expect(change(policies)[0]?.problem?.code).toBe('policy_invalid')
})

test('a repository that no organisation file binds states its own tiers', () => {
  const policies = only('environments: { production: { tier: staging, release: [{ newest: {} }] } }')
  expect(release(policies, 'production')).toMatchObject({ tier: 'staging', problem: null })
})

test('the organisation’s tier replaces the inferred one, and the repository may not go below it', () => {
  const policies = (own: string) =>
    both(
      'environments: { live-demo: { tier: testing } }',
      `environments: { live-demo: { ${own}release: [{ newest: {} }] } }`,
    )
  expect(release(policies(''), 'live-demo').tier).toBe('testing')
  expect(release(policies('tier: staging, '), 'live-demo').tier).toBe('staging')
  expect(release(policies('tier: development, '), 'live-demo').problem?.code).toBe('tier_lowered')
})

test('stating `other` for what is production leaves it production', () => {
  const policies = both(
    'tiers: { production: { release: [{ approval: { from: managers } }] } }',
    'environments: { production: { tier: other, release: [{ newest: {} }] } }',
  )
  expect(release(policies, 'production')).toMatchObject({ tier: 'production', problem: null })
})

test.each([
  ['an environment', 'environments: { production: { locked: [release], release: [{ protected: {} }] } }', RELEASE],
  ['its tier', 'tiers: { production: { locked: [release], release: [{ protected: {} }] } }', RELEASE],
  [
    'a tier',
    'tiers: { production: { locked: [release], release: [{ protected: {} }] } }',
    'tiers: { production: { release: [{ newest: {} }] } }',
  ],
  ['everything', 'locked: [release]\ntiers: { production: { release: [{ protected: {} }] } }', RELEASE],
])('a lock of %s makes a repository’s additional release entries an error', (_what, above, own) => {
  expect(release(both(above, own), 'production').problem?.code).toBe('policy_invalid')
  expect(release({ organisation: organisation(above), repository: ABSENT }, 'production').problem).toBeNull()
})

test('a lock of a merge gate leaves the push gate open to additions', () => {
  const policies = both(
    'branches: { "*": { locked: [merge], merge: [{ draft: false }] } }',
    'branches: { main: { push: [{ protected: {} }] } }',
  )
  expect(push(policies)?.problem).toBeNull()
  const adding = both('branches: { "*": { locked: [merge], merge: [{ draft: false }] } }', MERGE)
  expect(change(adding)[0]?.problem?.code).toBe('policy_invalid')
})

test('a bound repository names only default events and those that the organisation names for that gate', () => {
  const naming = (above: string, event: string) =>
    release(both(above, `environments: { production: { release: [{ event: { in: [${event}] } }] } }`), 'production')
      .problem?.code
  expect(naming('tiers: { production: { release: [{ protected: {} }] } }', 'push')).toBeUndefined()
  expect(naming('tiers: { production: { release: [{ protected: {} }] } }', 'api')).toBe('policy_invalid')
  expect(naming('tiers: { production: { release: [{ event: { in: [push, api] } }] } }', 'api')).toBeUndefined()
  expect(naming('environments: { qa: { release: [{ event: { in: [api] } }] } }', 'api')).toBe('policy_invalid')
  expect(naming('tiers: { production: { release: [{ event: { in: [pull_request] } }] } }', 'pull_request')).toBe(
    'policy_invalid',
  )
})

test('a repository that no file binds may name every event that can be named', () => {
  expect(
    release(only('environments: { qa: { release: [{ event: { in: [pull_request, api] } }] } }'), 'qa').problem,
  ).toBeNull()
})

test('of protection each key is the stricter of all keys and layers that match', () => {
  const policies = both(
    'branches: { "*": { protection: { pull_request: { approvals: 1, last_push: true }, checks: [scan], force_push: false, admins: false } } }',
    'branches: { main: { merge: [{ draft: false }], protection: { pull_request: { approvals: 2, last_push: false }, checks: [test, scan], force_push: true } } }',
  )
  expect(change(policies)[0]?.protectionOf('main')).toEqual({
    pullRequest: { approvals: 2, lastPush: true },
    checks: ['scan', 'test'],
    forcePush: false,
    admins: true,
  })
  expect(change(policies)[0]?.protectionOf('next')).toEqual({
    pullRequest: { approvals: 1, lastPush: true },
    checks: ['scan'],
    forcePush: false,
    admins: false,
  })
  expect(change(policies)[0]?.protectionOf('release/1')).toEqual({})
})

test('only groups that every layer lets bypass may bypass', () => {
  const policies = both(
    'branches: { main: { protection: { bypass: [ops, core] } } }',
    'branches: { main: { merge: [{ draft: false }], protection: { bypass: [core] } } }',
  )
  expect(
    change(policies)[0]
      ?.protectionOf('main')
      .bypass?.map(({ name }) => name),
  ).toEqual(['core'])
})

const FREEZE = 'from: 2026-12-18T18:00, to: 2027-01-04T08:00, timezone: Europe/Berlin'

test('a freeze covers its tiers and its environments, all where it names neither; production covers other', () => {
  const frozen = (terms: string, environment: string) =>
    release(only(`freezes: [{ name: x, ${FREEZE}${terms} }]\n${RELEASE}`), environment).freezes.length
  expect(frozen('', 'qa')).toBe(1)
  expect(frozen(', tiers: [production]', 'qa')).toBe(0)
  expect(frozen(', tiers: [production]', 'production')).toBe(1)
  expect(frozen(', tiers: [production]', 'shop')).toBe(1)
  expect(frozen(', tiers: [other]', 'production')).toBe(0)
  expect(frozen(', tiers: [production], environments: [QA]', 'qa')).toBe(1)
  expect(frozen(', environments: [qa]', 'production')).toBe(0)
  expect(frozen(', except: { environments: [Production] }', 'production')).toBe(0)
  expect(frozen(', except: { repositories: [shop] }', 'production')).toBe(0)
  expect(frozen(', except: { repositories: [other] }', 'production')).toBe(1)
})

test('a freeze binds merges only where it says so, and keeps its layer', () => {
  const policies = both(
    `freezes: [{ name: all, ${FREEZE}, merge: true, except: { rollback: true } }]`,
    `freezes: [{ name: own, ${FREEZE} }]\n${MERGE}`,
  )
  expect(change(policies)[0]?.freezes).toMatchObject([
    { name: 'all', layer: 'organisation freeze', merge: true, exceptRollback: true },
  ])
  expect(release(policies, 'production').freezes.map(({ name }) => name)).toEqual(['all', 'own'])
})

test('one distinct beside any layer holds for the whole composed gate', () => {
  const distinct = (above: string, own: string) =>
    release(
      both(
        `environments: { qa: { ${above}release: [{ newest: {} }] } }`,
        `environments: { qa: { ${own}release: [{ newest: {} }] } }`,
      ),
      'qa',
    ).distinct
  expect(distinct('', '')).toBe(false)
  expect(distinct('distinct: true, ', '')).toBe(true)
  expect(distinct('', 'distinct: true, ')).toBe(true)
  expect(change(only('branches: { main: { distinct: true, merge: [{ draft: false }] } }'))[0]?.distinct).toBe(true)
})

test('an override and a rollback stay in the layer that declares them', () => {
  const policies = both(
    'tiers: { production: { release: [{ protected: {} }], override: { by: sec } } }',
    'environments: { production: { release: [{ newest: {} }], rollback: { within: 7d, rules: [{ deployer: { in: ops } }] } } }',
  )
  expect(release(policies, 'production').layers).toMatchObject([
    {
      name: 'organisation tier',
      override: { by: { name: 'sec', parts: [{ slug: 'sec' }] }, reviewedBy: null },
      rollback: null,
    },
    {
      name: 'repository environment',
      override: null,
      rollback: { within: 7 * 86_400_000, entries: [{ kind: 'rule' }] },
    },
  ])
})

test('the mode is the organisation’s, for the repositories that it binds', () => {
  expect(change(both('mode: observe', MERGE))[0]?.mode).toBe('observe')
  expect(change(both('mode: observe\nrepositories: { include: [other] }', MERGE))[0]?.mode).toBe('enforce')
})

test('a repository’s invalid file closes every gate of the repository', () => {
  const invalid: Policies = { organisation: ABSENT, repository: broken('version: 1\nbranches: [main]\n') }
  expect(change(invalid, 'any').map(({ kind, problem }) => [kind, problem?.code])).toEqual([
    ['merge', 'policy_invalid'],
  ])
  expect(push(invalid, 'any')?.problem?.code).toBe('policy_invalid')
  expect(release(invalid, 'qa').problem?.code).toBe('policy_invalid')
  expect(JSON.stringify(release(invalid, 'qa').problem)).toContain('release-gates.yml:2:11')
})

test('an invalid file whose branch keys can be read leaves branches alone that it does not mean', () => {
  const invalid: Policies = {
    organisation: ABSENT,
    repository: broken('version: 1\nbranches: { "release/*": { merge: [] } }\n'),
  }
  expect(change(invalid, 'release/1')[0]?.problem?.code).toBe('policy_invalid')
  expect(change(invalid, 'main')).toEqual([])
  const unclear: Policies = {
    organisation: ABSENT,
    repository: broken('version: 1\nbranches: { "!main": { merge: [] } }\n'),
  }
  expect(change(unclear, 'anything')[0]?.problem?.code).toBe('policy_invalid')
})

test('a file that could not be read makes the gates undecided, the built-in policy’s place included', () => {
  for (const policies of [
    { organisation: UNREADABLE, repository: ABSENT },
    { organisation: ABSENT, repository: UNREADABLE },
  ]) {
    expect(change(policies)[0]?.problem).toMatchObject({ code: 'fact_unknown', values: { reason: '503' } })
    expect(push(policies)?.problem?.code).toBe('fact_unknown')
    expect(release(policies, 'qa').problem?.code).toBe('fact_unknown')
    expect(release(policies, 'qa').layers).toEqual([])
  }
})

test('an unreadable organisation file closes the gates of a valid repository file', () => {
  expect(change({ organisation: UNREADABLE, repository: repository(MERGE) })[0]?.problem?.code).toBe('fact_unknown')
})

test('the same two files and the same place give the same gate, composed once', () => {
  const policies = only(`${MERGE}${RELEASE}`)
  expect(release(policies, 'production')).toBe(release({ ...policies }, 'production'))
  expect(change(policies)[0]).toBe(change(policies)[0])
  expect(release(policies, 'production')).not.toBe(
    gateOfRelease(policies, { ...at, defaultBranch: 'next', environment: 'production' }),
  )
})

test('a sweep learns which environments are named and which branches are covered', () => {
  const policies = both('environments: { Production: { tier: production } }', `${RELEASE}${MERGE}`)
  expect(namedEnvironments(policies, at)).toEqual(['Production'])
  expect(coversBranch(policies, at, 'main')).toBe(true)
  expect(coversBranch(policies, at, 'next')).toBe(false)
})

const rule = fc.constantFrom(
  '{ protected: {} }',
  '{ newest: {} }',
  '{ checks: [test] }',
  '{ approval: { from: leads } }',
  '{ any: [{ newest: {} }, { fork: false }] }',
)
const rules = fc.array(rule, { minLength: 1, maxLength: 4 }).map((list) => `[${list.join(', ')}]`)
const section = fc.record({
  environment: fc.constantFrom('production', 'qa', 'shop'),
  tier: fc.constantFrom('testing', 'production', 'other'),
  inTier: rules,
  inEnvironment: rules,
})
const text = (
  {
    environment,
    tier,
    inTier,
    inEnvironment,
  }: { environment: string; tier: string; inTier: string; inEnvironment: string },
  stated: string,
) =>
  `tiers: { ${tier}: { release: ${inTier} } }\nenvironments: { ${environment}: { ${stated}release: ${inEnvironment} } }\n`

test('adding a repository layer never removes an entry of the organisation', () => {
  const tiers = fc.constantFrom('', 'tier: testing, ', 'tier: staging, ', 'tier: production, ', 'tier: other, ')
  fc.assert(
    fc.property(
      section,
      section,
      tiers,
      fc.constantFrom('production', 'qa', 'shop'),
      (above, own, stated, environment) => {
        const organisationOnly = { organisation: organisation(text(above, '')), repository: ABSENT }
        const before = release(organisationOnly, environment)
        const after = release({ ...organisationOnly, repository: repository(text(own, stated)) }, environment)
        const placesOf = (gate: Gate) =>
          gate.layers
            .filter(({ name }) => name.startsWith('organisation'))
            .flatMap(({ entries }) => entries.map(({ place }) => place.line))
        const raised = before.tier !== after.tier
        if (after.problem !== null) return
        if (raised) expect(placesOf(after).length).toBeGreaterThanOrEqual(placesOf(before).length > 0 ? 1 : 0)
        else expect(placesOf(after)).toEqual(placesOf(before))
      },
    ),
    { numRuns: 200 },
  )
})
