import { describe, expect, test } from '@jest/globals'
import { ask, factFor, type Facts, type Question } from '../../src/policy/facts.js'
import { parsePolicy } from '../../src/policy/reading/document.js'
import type { Policies } from '../../src/policy/composing/gates.js'
import { formatProblem } from '../../src/policy/reading/problems.js'
import { codesOf, judge, runScenario } from '../../src/policy/scenario/scenario.js'
import { factsOf } from '../../src/policy/scenario/facts.js'
import { parseFacts, parseScenarios, type Scenario } from '../../src/policy/scenario/file.js'
import { scenarioJsonSchema } from '../../src/policy/scenario/schema.js'

const ABSENT = { state: 'absent' } as const
const NOW = Date.parse('2026-11-23T10:00:00Z')

const problemsIn = (text: string) => parseScenarios(text, 'x.gates-test.yml').problems.map(formatProblem)
const only = (text: string): Scenario => {
  const { scenarios, problems } = parseScenarios(text, 'x.gates-test.yml')
  expect(problems).toEqual([])
  const [scenario] = scenarios
  if (!scenario) throw new Error('no scenario was read')
  return scenario
}
const scenario = (rest: string, defaults = '{}') =>
  only(`defaults: ${defaults}\nscenarios:\n  - ${['name: one', 'expect: allow', ...rest.split('\n')].join('\n    ')}\n`)

const factsIn = ({ raw, kind }: Pick<Scenario, 'raw' | 'kind'>, questions: readonly Question[]): Facts => {
  const now = raw.now === undefined ? NOW : Date.parse(raw.now)
  return factsOf({ raw, kind, now, repository: 'acme/shop', defaultBranch: 'main', branch: 'main' }, questions, [])
}
const fact = <A>(of: Scenario, question: Question<A>) => factFor(factsIn(of, [question]), question)
const value = <A>(of: Scenario, question: Question<A>): A => {
  const found = fact(of, question)
  if (!found.known) throw new Error(found.reason)
  return found.value
}
const repository = (text: string): Policies => {
  const parsed = parsePolicy(text, 'policy.yml', 'repository')
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return { organisation: ABSENT, repository: { state: 'present', policy: parsed.policy, sha: 'p1' } }
}
const leads = repository('version: 1\nbranches: { main: { merge: [{ approval: { from: leads } }] } }\n')

describe('what a scenario does not say', () => {
  test('a change is by dev, from feature into main, one commit', () => {
    const one = scenario('change: {}')
    expect(value(one, ask.change)).toMatchObject({
      author: { login: 'dev' },
      base: 'main',
      head: 'feature',
      headSha: 'c1',
      draft: false,
      fork: false,
    })
    expect(value(one, ask.commits)).toMatchObject([
      { sha: 'c1', author: { login: 'dev' }, committer: { login: 'dev' }, signedBy: null },
    ])
    expect(value(one, ask.files)).toEqual([])
  })
  test('a commit follows the one before it, and the last is the head', () => {
    const one = scenario('change: { commits: [{ sha: a }, { sha: b }, { sha: c, parents: [a] }] }')
    expect(value(one, ask.commits).map(({ parents }) => parents)).toEqual([['base'], ['a'], ['a']])
    expect(value(one, ask.change).headSha).toBe('c')
  })
  test('a review is of the head, now; null is a missing value', () => {
    const one = scenario(
      'now: 2026-01-02T03:04:05Z\nchange: { reviews: [{ by: lena }, { by: null, commit: null, at: null }] }',
    )
    expect(value(one, ask.reviews)).toEqual([
      {
        by: expect.objectContaining({ login: 'lena' }),
        state: 'approved',
        commit: 'c1',
        at: Date.parse('2026-01-02T03:04:05Z'),
        body: '',
      },
      { by: null, state: 'approved', commit: null, at: null, body: '' },
    ])
  })
  test('a deployment is the first attempt of a push to main by dev', () => {
    expect(value(scenario('deployment: {}'), ask.deployment)).toMatchObject({
      environment: 'production',
      ref: 'refs/heads/main',
      event: 'push',
      by: { login: 'dev' },
      startedBy: { login: 'dev' },
      attempt: 1,
      reachable: true,
      sameNamedRef: false,
      fork: false,
      requestedAt: NOW,
      workflow: { path: '.github/workflows/release.yml', sameAsDefault: true },
    })
  })
  test('what ships is the deployed commit, by the starter, merged through its gate', () => {
    const { commits } = value(scenario('deployment: { by: dora, sha: c9 }'), ask.ships())
    expect(commits).toMatchObject([
      {
        sha: 'c9',
        author: { login: 'dora' },
        madeByGitHub: true,
        change: { gate: 'allow', author: { login: 'dora' } },
      },
    ])
  })
  test('a commit that ships without a change was pushed directly', () => {
    expect(value(scenario('deployment: { ships: [{ sha: c1 }] }'), ask.ships()).commits).toMatchObject([
      { madeByGitHub: false, change: null },
    ])
  })
  test('the list begins at the last release of this environment', () => {
    const released =
      '{ released: [{ sha: a, at: 2026-01-01T00:00:00Z }, { sha: b, at: 2026-01-02T00:00:00Z }, { sha: c, state: failure }, { sha: d, environment: staging }] }'
    expect(value(scenario(`deployment: ${released}`), ask.ships()).since).toBe('b')
  })
  test('a rule’s own beginning counts where there is none', () => {
    expect(value(scenario('deployment: { since: null }'), ask.ships('s1')).since).toBe('s1')
    expect(value(scenario('deployment: { released: [{ sha: b }] }'), ask.ships('s1')).since).toBe('b')
  })
  test('a schedule has nobody behind it', () => {
    expect(value(scenario('deployment: { event: schedule, by: lena }'), ask.deployment)).toMatchObject({
      by: null,
      startedBy: null,
    })
  })
  test('an approval is of this SHA and attempt, given on the page', () => {
    expect(
      value(scenario('deployment: { attempt: 3, sha: c7, approvals: [{ by: lena }] }'), ask.approvals),
    ).toMatchObject([{ decision: 'approve', via: 'page', sha: 'c7', attempt: 3, at: NOW }])
  })
  test('a bare check is a run by GitHub Actions, and only the newest of a suite stands', () => {
    const checks =
      '{ test: success, other: [{ conclusion: failure, at: 2026-01-01T00:00:00Z }, { conclusion: success, at: 2026-01-02T00:00:00Z }] }'
    expect(value(scenario(`change: { checks: ${checks} }`), ask.checks)).toMatchObject([
      { name: 'test', kind: 'run', app: 'github-actions', conclusion: 'success', at: NOW },
      { name: 'other', conclusion: 'success' },
    ])
  })
  test('a push is of one reviewed commit to main', () => {
    expect(value(scenario('push: {}'), ask.push)).toMatchObject({
      branch: 'main',
      after: 'c1',
      forced: false,
      commits: [{ change: { gate: 'allow' } }],
    })
  })
})

describe('people', () => {
  test('one login is one account, however it is spelt, in every scenario', () => {
    const one = scenario('change: { author: Dev, reviews: [{ by: dEV }] }')
    const two = scenario('change: { author: DEV }')
    expect(value(one, ask.reviews)[0]?.by?.id).toBe(value(one, ask.change).author?.id)
    expect(value(two, ask.change).author?.id).toBe(value(one, ask.change).author?.id)
  })
  test('a login that ends in [bot] is an app, web-flow is GitHub, null is nobody', () => {
    const one = scenario(
      'change: { author: "a[bot]", commits: [{ author: null, committer: web-flow, co_authors: [null, ada] }] }',
    )
    expect(value(one, ask.change).author?.kind).toBe('app')
    expect(value(one, ask.commits)).toMatchObject([
      { author: null, committer: 'github', coAuthors: [null, { login: 'ada' }], madeByGitHub: true },
    ])
  })
  test('who claims to be web-flow without GitHub’s signature is nobody', () => {
    expect(
      value(scenario('change: { commits: [{ committer: web-flow, via_web: false }] }'), ask.commits),
    ).toMatchObject([{ committer: null, madeByGitHub: false }])
  })
  test('members of child teams count only where asked, and a child team is a team', () => {
    const one = scenario('change: {}\nteams: { a: { members: [x], child_teams: { b: [y, x] } } }')
    const logins = (slug: string, inherited: boolean) =>
      value(one, ask.team({ slug, inherited })).map(({ login }) => login)
    expect(logins('A', true)).toEqual(['x', 'y'])
    expect(logins('a', false)).toEqual(['x'])
    expect(logins('b', true)).toEqual(['y', 'x'])
  })
  test('a team or organization that is not listed is unknown, not empty', () => {
    expect(fact(scenario('change: {}'), ask.team({ slug: 'a', inherited: true })).known).toBe(false)
    expect(fact(scenario('change: {}'), ask.organization('acme')).known).toBe(false)
  })
  test('a team or user that is now another one is renamed', () => {
    const one = scenario('change: {}\nusers: { ada: 2 }\nteams: { a: { members: [ada], id: 7 } }')
    expect(fact(one, ask.team({ slug: 'a', inherited: true, id: 8 as never }))).toMatchObject({
      known: false,
      code: 'renamed',
    })
    expect(fact(one, ask.team({ slug: 'a', inherited: true, id: 7 as never })).known).toBe(true)
    expect(fact(one, ask.user({ login: 'Ada', id: 1 as never }))).toMatchObject({ known: false, code: 'renamed' })
    expect(value(one, ask.user({ login: 'Ada' })).id).toBe(2)
  })
})

describe('facts that cannot be read', () => {
  test.each([
    ['reviews', ask.reviews],
    ['teams', ask.team({ slug: 'a', inherited: true })],
    ['teams/a', ask.team({ slug: 'a', inherited: false })],
    ['TEAMS/A', ask.team({ slug: 'a', inherited: true })],
    ['ships', ask.ships('s')],
    ['diff', ask.diffs],
    ['unresolved_conversations', ask.conversations],
    ['reviews/lena', ask.reviews],
    ['checks/test', ask.checks],
    ['protection/main', ask.protection],
    ['title', ask.change],
    ['contributors', ask.commits],
    ['statuses', ask.checks],
  ] as const)('%s is unknown', (name, question) => {
    const one = scenario(`teams: { a: [x], ab: [x] }\nunknown: [${name}]\nchange: {}`)
    expect(fact(one, question as Question).known).toBe(false)
  })
  test('of a deployment, the reviews of what ships come with what ships', () => {
    expect(fact(scenario('unknown: [reviews]\ndeployment: {}'), ask.ships()).known).toBe(false)
    expect(fact(scenario('unknown: [checks]\ndeployment: {}'), ask.ships()).known).toBe(true)
  })
  test('a name covers what is below it, and not what begins like it', () => {
    const one = scenario('teams: { a: [x], ab: [x] }\nunknown: [teams/a]\nchange: {}')
    expect(fact(one, ask.team({ slug: 'ab', inherited: true })).known).toBe(true)
  })
  test('what this subject does not have is unknown', () => {
    expect(fact(scenario('change: {}'), ask.deployment).known).toBe(false)
    expect(fact(scenario('deployment: {}'), ask.reviews).known).toBe(false)
  })
})

describe('defaults', () => {
  test('maps merge deeply, lists and single values replace', () => {
    const defaults =
      '{ teams: { a: [x], b: [y] }, change: { author: eve, labels: [l1, l2], checks: { one: success } } }'
    const one = scenario('teams: { a: [z] }\nchange: { labels: [l3], checks: { two: failure } }', defaults)
    expect(one.raw.teams).toEqual({ a: ['z'], b: ['y'] })
    expect(one.raw.change).toEqual({ author: 'eve', labels: ['l3'], checks: { one: 'success', two: 'failure' } })
  })
  test('a map replaces a list, and a list a map', () => {
    const defaults = '{ teams: { a: [x], b: { members: [y] } } }'
    expect(scenario('teams: { a: { members: [z] }, b: [w] }\nchange: {}', defaults).raw.teams).toEqual({
      a: { members: ['z'] },
      b: ['w'],
    })
  })
  test('null differs from absent', () => {
    expect(
      value(scenario('deployment: { ref: null }', '{ deployment: { ref: refs/tags/v1 } }'), ask.deployment).ref,
    ).toBeNull()
    expect(value(scenario('deployment: {}', '{ deployment: { ref: refs/tags/v1 } }'), ask.deployment).ref).toBe(
      'refs/tags/v1',
    )
  })
  test('a scenario’s own subject counts, and another one of the defaults is left out', () => {
    expect(scenario('push: {}', '{ change: { author: eve } }')).toMatchObject({ kind: 'push', raw: { push: {} } })
    expect(scenario('now: 2026-01-01T00:00:00Z', '{ change: { author: eve } }').kind).toBe('change')
  })
})

describe('other ways to write the same', () => {
  test.each([
    ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00Z'],
    ['2026-11-20T12:00Z', '2026-11-20T12:00:00Z'],
    ['2026-11-20T12:00', '2026-11-20T12:00:00Z'],
    ['2026-11-20 12:00:00', '2026-11-20T12:00:00Z'],
    ['2026-11-20 12:00:00.500 Z', '2026-11-20T12:00:00.500Z'],
    ['2026-11-20T13:00:00+01:00', '2026-11-20T12:00:00Z'],
    ['2026-11-20t06:30:00-0530', '2026-11-20T12:00:00Z'],
    ['2026-11-20T13:00+01', '2026-11-20T12:00:00Z'],
    ['2026-11-20', '2026-11-20T00:00:00Z'],
  ])('the instant %s', (written, meant) => {
    const one = scenario(`now: ${written}\nchange: { reviews: [{ by: lena }] }`)
    expect(value(one, ask.reviews)[0]?.at).toBe(Date.parse(meant))
  })
  test('one thing where a list is due is a list of it, and null an empty one', () => {
    const one = scenario(
      'teams: { leads: lena }\nchange: { labels: ready, files: src/a.ts, reviews: { by: lena }, commits: { sha: a, co_authors: ada, parents: p } }',
    )
    expect(value(one, ask.change).labels).toEqual(['ready'])
    expect(value(one, ask.files)).toMatchObject([{ path: 'src/a.ts' }])
    expect(value(one, ask.reviews)).toHaveLength(1)
    expect(value(one, ask.commits)).toMatchObject([{ sha: 'a', parents: ['p'], coAuthors: [{ login: 'ada' }] }])
    expect(value(one, ask.team({ slug: 'leads', inherited: true }))).toHaveLength(1)
    expect(value(scenario('change: { reviews: null, checks: null, title: null }'), ask.reviews)).toEqual([])
  })
  test('a commit by its SHA alone, one that ships so being a direct push', () => {
    expect(value(scenario('change: { commits: [a, b] }'), ask.commits).map(({ sha }) => sha)).toEqual(['a', 'b'])
    expect(value(scenario('deployment: { ships: [a] }'), ask.ships()).commits).toMatchObject([
      { sha: 'a', change: null },
    ])
    expect(value(scenario('deployment: { ships: [] }'), ask.ships()).commits).toEqual([])
  })
  test('checks as a list that names each', () => {
    const one = scenario(
      'change: { checks: [{ name: test, conclusion: failure }, { name: scan }, { name: scan, app: x }] }',
    )
    expect(value(one, ask.checks)).toMatchObject([
      { name: 'test', conclusion: 'failure' },
      { name: 'scan', conclusion: 'success', app: 'github-actions' },
      { name: 'scan', app: 'x' },
    ])
  })
  test('a check that has not concluded is running, and null in place of a check takes it away', () => {
    const one = scenario(
      'change: { checks: { test: { conclusion: null }, scan: null } }',
      '{ change: { checks: { scan: success } } }',
    )
    expect(value(one, ask.checks)).toMatchObject([{ name: 'test', conclusion: 'running' }])
  })
  test('null in place of a team or a role takes it away', () => {
    const defaults = '{ teams: { leads: [lena] }, roles: { lena: admin, leo: read } }'
    const one = scenario('change: {}\nteams: { leads: null }\nroles: { lena: null, leo: none }', defaults)
    expect(fact(one, ask.team({ slug: 'leads', inherited: true })).known).toBe(false)
    expect(value(one, ask.roles)).toEqual([])
  })
  test('a signature by a login, a workflow by its path', () => {
    expect(value(scenario('change: { commits: [{ signed: lena }] }'), ask.commits)).toMatchObject([
      { signedBy: { login: 'lena' } },
    ])
    expect(value(scenario('deployment: { workflow: w.yml }'), ask.deployment).workflow).toEqual({
      path: 'w.yml',
      sameAsDefault: true,
    })
  })
  test('child teams of child teams', () => {
    const one = scenario('change: {}\nteams: { a: { child_teams: { b: { members: [x], child_teams: { c: [y] } } } } }')
    const logins = (slug: string) => value(one, ask.team({ slug, inherited: true })).map(({ login }) => login)
    expect([logins('a'), logins('b'), logins('c')]).toEqual([['x', 'y'], ['x', 'y'], ['y']])
  })
  test('what every scenario expects may stand in the defaults, and so may the policy', () => {
    const one = only(
      'defaults: { expect: wait, because: approval_missing, policy: p.yml, change: {} }\nscenarios: [{ name: a }]',
    )
    expect(one).toMatchObject({ raw: { expect: 'wait', because: ['approval_missing'] }, policy: { path: 'p.yml' } })
  })
})

describe('mistakes in a scenario file', () => {
  test.each([
    ['scenarios:\n  - { name: a, expect: allow, chnage: {} }', /:2:31.*Did you mean `change`/],
    [
      'scenarios:\n  - { name: a, expect: allow, change: { autor: x } }',
      /:2:41.*`autor` is not known here.*Did you mean `author`/,
    ],
    ['scenarios:\n  - { name: a, expect: alow, change: {} }', /:2:24.*Did you mean `allow`/],
    ['scenarios:\n  - { name: a, change: {} }', /`expect` is missing/],
    ['scenarios:\n  - { expect: allow, change: {} }', /`name` is missing/],
    [
      'scenarios:\n  - { name: a, expect: wait, because: [aproval_missing], change: {} }',
      /Did you mean `approval_missing`/,
    ],
    ['scenarios:\n  - { name: a, expect: wait, change: {}, push: {} }', /about several things/],
    ['scenarios:\n  - { name: a, expect: wait, now: yesterday, change: {} }', /must be an instant/],
    ['scenarios:\n  - { name: a, expect: wait, now: 2026-02-30, change: {} }', /must be an instant/],
    ['scenarios:\n  - { name: a, expect: wait, now: 10:00, change: {} }', /must be an instant/],
    ['scenarios:\n  - { name: a, expect: wait, unknown: [revews], change: {} }', /must be the name of a fact/],
    [
      'scenarios:\n  - { name: a, expect: wait, change: {}, protection: { main: { own_chek: true } } }',
      /Did you mean `own_check`/,
    ],
    ['scenarios: []', /empty list/],
    ['policy: x.yml', /`scenarios` is missing/],
    [
      'scenario: []\nscenarios:\n  - { name: a, expect: wait, change: {} }',
      /`scenario` is not known.*Did you mean `scenarios`/,
    ],
  ])('%j', (text, message) => {
    expect(problemsIn(text).join('\n')).toMatch(message)
  })
  test('one malformed scenario does not hide the others', () => {
    const { scenarios, problems } = parseScenarios(
      'scenarios:\n  - { name: a, expect: no, change: {} }\n  - { name: b, expect: wait, change: {} }',
      'x',
    )
    expect(scenarios.map(({ name }) => name)).toEqual(['b'])
    expect(problems).toHaveLength(1)
  })
  test('a mistake in the defaults is told once, however many scenarios inherit it', () => {
    const text =
      'defaults: { change: { draft: maybe } }\nscenarios:\n  - { name: a, expect: wait, change: {} }\n  - { name: b, expect: wait, change: {} }'
    expect(problemsIn(text)).toHaveLength(1)
  })
  test('a file may be long, and may quote hostile text', () => {
    const text = `scenarios:\n  - { name: a, expect: wait, change: { body: "${'x'.repeat(70_000)}\\u202e" } }`
    expect(problemsIn(text)).toEqual([])
  })
})

describe('the policies that a scenario names', () => {
  test('an inline policy keeps its lines and columns', () => {
    const text =
      'policy:\n  version: 1\n  branches:\n    main: { merge: [{ approval: { from: [] } }] }\nscenarios:\n  - { name: a, expect: wait, change: {} }\n'
    const { policy } = only(text)
    if (policy?.kind !== 'inline') throw new Error('the policy is inline')
    const parsed = parsePolicy(policy.text, 'x', 'repository')
    expect(parsed.ok ? [] : parsed.problems.map(({ line, column }) => [line, column])).toEqual([[4, 41]])
  })
  test('one that is no YAML is a policy with mistakes, and hides nothing of the others', () => {
    const text =
      'scenarios:\n  - name: a\n    policy:\n      version: 1\n      version: 1\n    expect: undecided\n    change: {}\n  - { name: b, policy: { x: &y 1 }, expect: undecided, change: {} }\n  - { name: c, expect: wait, chnage: {} }\n'
    const { scenarios, entries, problems } = parseScenarios(text, 'x')
    expect(entries.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(problems.map(({ line }) => line)).toEqual([9])
    const places = scenarios.map(({ policy }) => {
      if (policy?.kind !== 'inline') throw new Error('the policy is inline')
      const parsed = parsePolicy(policy.text, 'x', 'repository')
      return parsed.ok ? [] : parsed.problems.map(({ line, column }) => [line, column])
    })
    expect(places).toEqual([[[5, 7]], [[8, 29]]])
  })
  test.each(['policy: [x]', "policy: ''", 'policy: "version: 2"', 'policy: {}'])(
    '%s is a policy with mistakes',
    (line) => {
      const { policy } = only(`${line}\nscenarios: [{ name: a, expect: wait, change: {} }]`)
      expect(policy?.kind === 'inline' && parsePolicy(policy.text, 'x', 'repository').ok).toBe(false)
      expect(policy?.kind).toBe('inline')
    },
  )
  test('a path, a text, or none', () => {
    expect(only('policy: a/b.yml\nscenarios:\n  - { name: a, expect: wait, change: {} }').policy).toMatchObject({
      kind: 'path',
      path: 'a/b.yml',
    })
    expect(
      only('scenarios:\n  - name: a\n    expect: wait\n    change: {}\n    policy: |\n      version: 1\n').policy,
    ).toMatchObject({ kind: 'inline', text: 'version: 1\n' })
    expect(only('policy: a.yml\nscenarios:\n  - { name: a, expect: wait, change: {}, policy: null }').policy).toBeNull()
  })
})

describe('running one', () => {
  const run = (rest: string, policies = leads) =>
    runScenario(scenario(rest.replace(/^/, 'teams: { leads: [lena] }\n')), policies)
  const expecting = (rest: string, more: Partial<Scenario['raw']>) => {
    const one = scenario(`teams: { leads: [lena] }\n${rest}`)
    return runScenario({ ...one, raw: { ...one.raw, ...more } }, leads)
  }
  test('it is as expected', () => {
    expect(run('change: { reviews: [{ by: lena }] }')).toMatchObject({
      ok: true,
      expected: 'allow',
      actual: 'allow',
      missing: [],
    })
  })
  test('another decision differs', () => {
    expect(run('change: {}')).toMatchObject({ ok: false, expected: 'allow', actual: 'wait' })
  })
  test('a code that is not among the findings differs', () => {
    expect(expecting('change: {}', { expect: 'wait', because: ['approval_missing', 'frozen'] })).toMatchObject({
      ok: false,
      missing: ['frozen'],
    })
  })
  test('another time to look again differs', () => {
    expect(expecting('change: {}', { expect: 'wait', until: '2026-01-01T00:00:00Z' })).toMatchObject({
      ok: false,
      until: { actual: null },
    })
    expect(expecting('change: {}', { expect: 'wait', until: null }).ok).toBe(true)
  })
  test('a policy file that cannot be read is unknown', () => {
    expect(run('unknown: [policy]\nchange: { reviews: [{ by: lena }] }').actual).toBe('undecided')
  })
  test('an invalid policy is undecided wherever it is asked', () => {
    const invalid: Policies = {
      organisation: ABSENT,
      repository: { state: 'invalid', problems: [], sha: 'x', branches: ['other'] },
    }
    expect([...codesOf(run('change: {}', invalid).verdict.findings)]).toEqual(['policy_invalid'])
  })
  test('codes of what is lifted or inactive do not stand', () => {
    const codes = codesOf([
      { rule: 'approval', outcome: 'wait', code: 'approval_missing', values: {}, lifted: true },
      {
        rule: 'when',
        outcome: 'inactive',
        values: {},
        children: [{ rule: 'fork', outcome: 'deny', code: 'fork_not_allowed', values: {} }],
      },
      {
        rule: 'any',
        outcome: 'allow',
        values: {},
        children: [{ rule: 'checks', outcome: 'wait', code: 'check_failed', also: ['check_missing'], values: {} }],
      },
    ])
    expect([...codes]).toEqual(['check_failed', 'check_missing'])
  })
})

test('a facts file is a scenario’s facts; what it expects is not looked at', () => {
  const { facts, problems } = parseFacts(
    'name: a\nexpect: nothing\npolicy: x\nteams: { leads: [lena] }\nchange: { reviews: [{ by: lena }] }\n',
    'facts.yml',
  )
  expect(problems).toEqual([])
  expect(facts && judge(facts, leads).decision).toBe('allow')
})

test('the format has a JSON Schema', () => {
  expect(scenarioJsonSchema()).toMatchObject({ type: 'object', required: ['scenarios'], additionalProperties: false })
})
