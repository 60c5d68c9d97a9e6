import { expect, test } from '@jest/globals'
import { formatProblem, parsePolicy, type PolicyOrigin } from '../../src/policy/reading/document.js'

const FILE = '.github/release-gates.yml'

const read = (text: string, origin: PolicyOrigin = 'repository') => parsePolicy(text, FILE, origin)

/** The problems of a file that must be invalid. */
const problemsOf = (text: string, origin: PolicyOrigin = 'repository') => {
  const result = read(text, origin)
  if (result.ok) throw new Error('the file was taken for valid')
  return result.problems
}

const policyOf = (text: string, origin: PolicyOrigin = 'repository') => {
  const result = read(text, origin)
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.policy
}

/** A policy whose merge gate of `main` holds one entry. */
const merging = (entry: string) => `version: 1\nbranches:\n  main:\n    merge:\n      - ${entry}\n`
/** A policy whose release gate of `production` holds one entry. */
const releasing = (entry: string) => `version: 1\nenvironments:\n  production:\n    release:\n      - ${entry}\n`

const COMPLETE = `
version: 1
groups:
  leads:    { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
  appsec:   { teams: [{ team: appsec, id: 4711 }], inherited: false }
  core:     { teams: [core], roles: [maintain] }
policy:
  - approval: { from: leads, count: 2 }
branches:
  main:
    protection:
      pull_request: { approvals: 1, dismiss_stale: true, last_push: true, code_owners: false }
      checks: [test, security-scan]
      up_to_date: true
      force_push: false
      deletion: false
      linear_history: false
      signed_commits: false
      conversations: false
      admins: true
    merge:
      - approval: { from: leads }
      - when: [{ changed: { paths: ["src/auth/**"] } }]
        require: [{ approval: { from: appsec } }]
      - when: [{ author: { not_in: core } }]
        require: [{ approval: { from: core, count: 2 } }]
    push:
      - reviewed: {}
      - protected: {}
environments:
  development:
    tier: development
    release:
      - ref: { branches: [main] }
  production:
    tier: production
    release:
      - ref: { branches: [main] }
      - protected: {}
      - deployer: { in: managers }
      - checks: [test, security-scan]
      - deployed: { to: development, for: 30m }
      - reviewed: {}
      - documents: { headings: [Feature brief, Test data, Security assessment, Rollback plan] }
      - approval: { from: leads }
      - window: [{ days: mon-thu, hours: "09:00-16:00", timezone: Europe/Berlin }]
      - one_at_a_time: {}
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

test('the policy of the documentation is valid, without a warning', () => {
  expect(read(COMPLETE)).toMatchObject({ ok: true, warnings: [] })
})

test('every part of a policy is where its author put it', () => {
  const policy = policyOf(COMPLETE)
  expect([...policy.groups.keys()]).toEqual(['leads', 'managers', 'appsec', 'core'])
  expect(policy.branches[0]?.merge?.map(({ kind }) => kind)).toEqual(['rule', 'when', 'when'])
  expect(policy.environments.map(({ name, tier }) => [name, tier])).toEqual([
    ['development', 'development'],
    ['production', 'production'],
  ])
  expect(policy.environments[1]?.rollback).toMatchObject({ within: 90 * 86_400_000 })
  expect(policy.environments[1]?.override).toMatchObject({
    by: 'core',
    count: 1,
    expires: 3_600_000,
    reviewWithin: 86_400_000,
    reviewedBy: 'leads',
    lifts: [],
    evenIfUndecided: false,
  })
  expect(policy.branches[0]?.protection).toMatchObject({
    pullRequest: { approvals: 1, dismissStale: true, lastPush: true, codeOwners: false },
    forcePush: false,
  })
  expect(policy.freezes[0]?.terms.name).toBe('Year end')
})

test('an entry knows its file, line and column', () => {
  const entry = policyOf(merging('approval: { from: leads }')).branches[0]?.merge?.[0]
  expect(entry?.place).toEqual({ file: FILE, line: 5, column: 9 })
})

test('an override and a rollback have the defaults of the documentation', () => {
  const text =
    'version: 1\ntiers:\n  production:\n    override: { by: core }\n    bypass: {}\n    rollback: { rules: [{ deployer: { in: core } }] }\n'
  const [tier] = policyOf(text).tiers
  expect(tier?.override).toMatchObject({
    count: 1,
    expires: 3_600_000,
    reviewWithin: 86_400_000,
    reviewedBy: null,
    evenIfUndecided: false,
  })
  expect(tier?.bypass).toMatchObject({ cancel: false, reviewWithin: 86_400_000, reviewedBy: null })
  expect(tier?.rollback?.within).toBe(90 * 86_400_000)
})

test.each([
  ['an unknown key at the top', 'version: 1\nenviroments: {}\n', '2:1', 'environments'],
  ['an unknown key of a branch', 'version: 1\nbranches:\n  main:\n    merges: []\n', '4:5', 'merge'],
  ['an unknown key of an environment', 'version: 1\nenvironments:\n  qa:\n    realese: []\n', '4:5', 'release'],
  ['an unknown rule', merging('aproval: { from: leads }'), '5:9', 'approval'],
  ['an unknown parameter', merging('approval: { form: leads, from: leads }'), '5:21', 'from'],
  ['an unknown value', merging('approval: { from: leads, after_push: viod }'), '5:46', 'void'],
  ['an unknown tier', 'version: 1\nenvironments:\n  qa:\n    tier: produciton\n', '4:11', 'production'],
  [
    'an unknown tier as a key',
    'version: 1\ntiers:\n  prodution:\n    release: [{ protected: {} }]\n',
    '3:3',
    'production',
  ],
  [
    'an unknown key of protection',
    'version: 1\nbranches:\n  main:\n    protection: { forcepush: false }\n',
    '4:19',
    'force_push',
  ],
  [
    'an unknown key below protection',
    'version: 1\nbranches:\n  main:\n    protection: { pull_request: { aprovals: 1 } }\n',
    '4:35',
    'approvals',
  ],
  ['an unknown key of a group', 'version: 1\ngroups:\n  core: { team: [core] }\n', '3:11', 'teams'],
  ['an unknown role', 'version: 1\ngroups:\n  core: { roles: [maintian] }\n', '3:19', 'maintain'],
  [
    'an unknown key of a freeze',
    'version: 1\nfreezes:\n  - { name: x, form: 2026-01-01T00:00, to: 2026-01-02T00:00, timezone: UTC }\n',
    '3:16',
    'from',
  ],
  [
    'an unknown key of an override',
    'version: 1\nenvironments:\n  qa:\n    override: { by: core, expire: 1h }\n',
    '4:27',
    'expires',
  ],
  ['an unknown event', releasing('event: { in: [pussh] }'), '5:23', 'push'],
  [
    'an unknown key of a rollback',
    'version: 1\nenvironments:\n  qa:\n    rollback: { rule: [], rules: [{ newest: {} }] }\n',
    '4:17',
    'rules',
  ],
])('%s is an error at its place, with what was probably meant', (_what, text, place, suggestion) => {
  const problems = problemsOf(text)
  expect(problems.map(({ line, column }) => `${line}:${column}`)).toContain(place)
  const problem = problems.find(({ line, column }) => `${line}:${column}` === place)
  expect(problem?.suggestion).toBe(suggestion)
  expect(problem?.allowed).toContain(suggestion)
})

test.each([
  ['no version', 'branches: {}\n', '1:1', 'version'],
  ['another version', 'version: 2\n', '1:10', '1'],
  ['a version as a text', 'version: "1"\n', '1:10', 'number 1'],
  ['a list instead of a policy', '- version: 1\n', '1:1', 'map'],
  ['an empty merge gate', 'version: 1\nbranches:\n  main:\n    merge: []\n', '4:12', 'empty list'],
  ['a gate with nothing behind its colon', 'version: 1\nbranches:\n  main:\n    merge:\n', '4:11', 'empty'],
  ['a branch with nothing behind its colon', 'version: 1\nbranches:\n  main:\n', '3:8', 'map'],
  ['an empty policy', 'version: 1\npolicy: []\n', '2:9', 'empty list'],
  ['an empty release list', 'version: 1\nenvironments:\n  qa:\n    release: []\n', '4:14', 'empty list'],
  ['an empty rollback list', 'version: 1\nenvironments:\n  qa:\n    rollback: { rules: [] }\n', '4:24', 'empty list'],
  ['a rollback without rules', 'version: 1\nenvironments:\n  qa:\n    rollback: { within: 90d }\n', '4:15', 'rules'],
  ['an empty all', merging('all: []'), '5:14', 'empty list'],
  ['an empty any', merging('any: []'), '5:14', 'empty list'],
  ['an empty when', `${merging('when: []')}        require: [{ draft: false }]\n`, '5:15', 'empty list'],
  ['an empty require', `${merging('when: [{ draft: false }]')}        require: []\n`, '6:18', 'empty list'],
  ['a when without require', merging('when: [{ draft: false }]'), '5:9', 'require'],
  ['a require without when', merging('require: [{ draft: false }]'), '5:9', 'when'],
  ['a not of a list', merging('not: [{ draft: true }]'), '5:14', 'one entry'],
  ['two rules in one entry', `${merging('approval: { from: leads }')}        draft: false\n`, '6:9', 'draft'],
  ['a name beside a rule', `${merging('approval: { from: leads }')}        name: x\n`, '6:9', 'name'],
  ['a rule without parameters', merging('approval:'), '5:18', 'empty'],
  ['a bare rule', merging('approval'), '5:9', 'approval'],
  ['a count of 0', merging('approval: { from: leads, count: 0 }'), '5:41', 'must be 1 or more'],
  ['a negative count', merging('approval: { from: leads, count: -1 }'), '5:41', 'must be 1 or more'],
  ['half a person', merging('approval: { from: leads, count: 1.5 }'), '5:41', 'whole number'],
  ['an empty from', merging('approval: { from: [] }'), '5:27', 'at least one'],
  ['an empty text in from', merging('approval: { from: "" }'), '5:27', 'empty'],
  ['no from', merging('approval: { count: 2 }'), '5:19', '`from` is missing'],
  ['an empty in', merging('author: { in: [] }'), '5:23', 'at least one'],
  ['a group without parts', 'version: 1\ngroups:\n  core: {}\n', '3:9', 'at least one'],
  ['a group that only inherits', 'version: 1\ngroups:\n  core: { inherited: true }\n', '3:9', 'at least one'],
  ['a group with an empty part', 'version: 1\ngroups:\n  core: { teams: [] }\n', '3:18', 'at least one'],
  [
    'two groups that are equal but for case',
    'version: 1\ngroups:\n  core: { teams: [a] }\n  Core: { teams: [b] }\n',
    '4:3',
    'line 3',
  ],
  ['two environments that are equal but for case', 'version: 1\nenvironments:\n  qa: {}\n  QA: {}\n', '4:3', 'line 3'],
  [
    'two environments that are equal after NFKC',
    'version: 1\nenvironments:\n  prod: {}\n  ｐｒｏｄ: {}\n',
    '4:3',
    'line 3',
  ],
  ['a negated branch', 'version: 1\nbranches:\n  "!main":\n    push: [{ protected: {} }]\n', '3:3', 'negation'],
  ['a negated path', merging('changed: { paths: ["!docs/**"] }'), '5:28', 'negation'],
  ['a pattern that RE2 does not know', merging("title: { matches: '(?=x)' }"), '5:27', 'matches'],
  ['an event whose runs are never released', releasing('event: { in: [pull_request_target] }'), '5:23', 'in'],
  ['a duration without a unit', releasing('delay: 10'), '5:16', '90s'],
  [
    'a zone that nobody knows',
    releasing('window: [{ days: mon, hours: "09:00-10:00", timezone: Mars/Phobos }]'),
    '5:63',
    'IANA',
  ],
  [
    'a freeze that ends before it starts',
    'version: 1\nfreezes:\n  - { name: x, from: 2026-01-02T00:00, to: 2026-01-01T00:00, timezone: UTC }\n',
    '3:44',
    'must be after `from`',
  ],
  ['freezes that are no list', 'version: 1\nfreezes: {}\n', '2:10', 'list'],
  [
    'distinct that is neither true nor false',
    'version: 1\nbranches:\n  main:\n    distinct: maybe\n',
    '4:15',
    'true or false',
  ],
])('%s is an error at its place that says what is wrong', (_what, text, place, words) => {
  const problems = problemsOf(text)
  expect(problems.map(({ line, column }) => `${line}:${column}`)).toContain(place)
  expect(problems.map(formatProblem).join('\n')).toContain(words)
})

test('a rule in a gate where it has no meaning is an error that names the gates where it has one', () => {
  expect(problemsOf(releasing('draft: false')).map(({ message }) => message)).toEqual([
    '`draft` has no meaning in a release gate; it may stand in: merge.',
  ])
  expect(
    problemsOf(merging('window: [{ days: mon, hours: "09:00-10:00", timezone: UTC }]')).map(({ message }) => message),
  ).toEqual(['`window` has no meaning in a merge gate; it may stand in: release.'])
  expect(problemsOf(merging('reviewed: {}'))[0]?.message).toContain('push, release')
  expect(
    problemsOf('version: 1\nbranches:\n  main:\n    push:\n      - approval: { from: leads }\n')[0]?.message,
  ).toContain('merge, release')
  expect(problemsOf('version: 1\npolicy:\n  - deployer: { in: leads }\n')[0]?.message).toContain('policy gate')
})

test.each([
  'approval: { from: leads }',
  'checks: [test]',
  'reviewed: {}',
  'deployed: { to: qa }',
  'newest: {}',
  'documents: { headings: [x] }',
])('a requirement (%s) may not stand inside when or not', (rule) => {
  const inWhen = `version: 1\nenvironments:\n  qa:\n    release:\n      - when: [{ ${rule} }]\n        require: [{ protected: {} }]\n`
  expect(problemsOf(inWhen)[0]?.message).toContain('`when` or `not`')
  expect(problemsOf(releasing(`not: { ${rule} }`))[0]?.message).toContain('`when` or `not`')
  expect(problemsOf(releasing(`not: { any: [{ ${rule} }] }`))[0]?.message).toContain('`when` or `not`')
})

test('predicates combine inside when and not; a when does not stand inside another condition', () => {
  expect(read(merging('not: { any: [{ draft: true }, { all: [{ fork: true }, { author: { in: core } }] }] }')).ok).toBe(
    true,
  )
  expect(problemsOf(merging('not: { when: [{ draft: true }], require: [{ draft: true }] }'))[0]?.message).toContain(
    '`when`',
  )
})

test('an approval counts only channels of its kind of gate', () => {
  expect(problemsOf(merging('approval: { from: leads, by: [review, page] }'))).toMatchObject([
    { line: 5, column: 47, value: 'page', allowed: ['review', 'comment'] },
  ])
  expect(read(merging('approval: { from: leads, by: [review, comment] }')).ok).toBe(true)
  expect(read(releasing('approval: { from: leads, by: [page, comment, button, environment, review] }')).ok).toBe(true)
})

test.each(['repositories: { include: ["*"] }', 'locked: [release]', 'mode: observe'])(
  '%s may stand in the organisation file only',
  (line) => {
    expect(problemsOf(`version: 1\n${line}\n`)[0]?.message).toContain("organisation's policy only")
    expect(read(`version: 1\n${line}\n`, 'organisation').ok).toBe(true)
  },
)

test('a lock beside a gate may stand in the organisation file only', () => {
  const text = 'version: 1\nenvironments:\n  production:\n    locked: [release]\n    release: [{ protected: {} }]\n'
  expect(problemsOf(text)).toMatchObject([{ line: 4, column: 5, value: 'locked' }])
  expect(policyOf(text, 'organisation').environments[0]?.locked).toEqual(['release'])
})

test('a lock names gates that stand beside it', () => {
  const text = 'version: 1\nbranches:\n  main:\n    locked: [release]\n    merge: [{ draft: false }]\n'
  expect(problemsOf(text, 'organisation')).toMatchObject([
    { line: 4, column: 14, value: 'release', allowed: ['merge', 'push'] },
  ])
})

test('an organisation file that would bind no repository is an error', () => {
  expect(problemsOf('version: 1\nrepositories: { include: [] }\n', 'organisation')[0]?.message).toContain(
    'bind no repository',
  )
  expect(problemsOf('version: 1\nmode: watch\n', 'organisation')[0]).toMatchObject({
    value: 'watch',
    allowed: ['enforce', 'observe', 'observe-and-approve'],
  })
})

test('all mistakes of a file are told, in the order of its lines', () => {
  const text = `version: 2
branches:
  main:
    merge:
      - aproval: { from: leads }
      - approval: { count: 0 }
environments:
  qa:
    tier: quality
`
  expect(problemsOf(text).map(({ line }) => line)).toEqual([1, 5, 6, 6, 9])
})

test('texts that YAML takes for numbers are the texts they look like where texts are due', () => {
  const policy = policyOf(
    'version: 1\nenvironments:\n  12e4567:\n    release:\n      - ref: { branches: [1.10, 2024, on] }\n      - checks: [404, true]\n  no:\n    release: [{ newest: {} }]\n',
  )
  expect(policy.environments.map(({ name }) => name)).toEqual(['12e4567', 'no'])
  const [ref, checks] = policy.environments[0]?.release ?? []
  expect(ref).toMatchObject({ params: { branches: ['1.10', '2024', 'on'] } })
  expect(checks).toMatchObject({ params: [{ name: '404' }, { name: 'true' }] })
})

test('a problem is one line for a person: place, value, what is due, what was meant, what is allowed', () => {
  const [problem] = problemsOf(merging('approval: { from: leads, count: 0 }'))
  expect(problem && formatProblem(problem)).toBe('`.github/release-gates.yml:5:41` `count` is 0; it must be 1 or more.')
  const [event] = problemsOf(merging('approval: { from: leads, objections: blok }'))
  expect(event && formatProblem(event)).toBe(
    '`.github/release-gates.yml:5:46` `objections` is `blok`; it must be one of those allowed. Did you mean `block`? Allowed: block, ignore.',
  )
})

test('a file that cannot be parsed tells no branches; one with mistakes elsewhere tells its branch keys', () => {
  expect(read('version: 1\nbranches: *x\n')).not.toHaveProperty('branches')
  expect(read('version: 1\nbranhces: {}\n')).not.toHaveProperty('branches')
  expect(read('version: 2\nbranches:\n  main: {}\n')).toMatchObject({ branches: ['main'] })
})

test('mistakes of YAML and of the policy are told together where the file can be understood', () => {
  const text = 'version: 1\nbranches:\n  main:\n    merge:\n      - aproval: { from: x }\n  main: {}\n'
  expect(problemsOf(text).map(({ line }) => line)).toEqual([5, 6])
})
