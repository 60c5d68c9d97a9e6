import { describe, expect, test } from '@jest/globals'
import { comparePolicies, differenceText } from '../../src/policy/comparing/compare.js'
import {
  formatProblem,
  parsePolicy,
  type PolicyDocument,
  type PolicyOrigin,
} from '../../src/policy/reading/document.js'

const GROUPS = 'groups: { leads: { teams: [leads] }, managers: { teams: [managers] } }\n'

const parsed = (text: string | null, origin: PolicyOrigin): PolicyDocument | null => {
  if (text === null) return null
  const groups = text.includes('groups:') || origin === 'organisation' ? '' : GROUPS
  const read = parsePolicy(`version: 1\n${groups}${text}`, 'release-gates.yml', origin)
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'))
  return read.policy
}

const AT = { repository: 'acme/shop', defaultBranch: 'main' }

/** Every difference as `direction words`. */
const said = (
  before: string | null,
  after: string | null,
  { origin = 'repository', organisation = null }: { origin?: PolicyOrigin; organisation?: string | null } = {},
): readonly string[] =>
  comparePolicies(parsed(before, origin), parsed(after, origin), {
    ...AT,
    organisation: parsed(organisation, 'organisation'),
  }).map((difference) => `${difference.direction} ${differenceText(difference)}`)

const merge = (rules: string) => `branches: { main: { merge: [${rules}] } }`
const release = (rules: string, more = '') => `environments: { production: { release: [${rules}]${more} } }`
const MERGE = 'The merge gate of `main`:'

test('the same policy, however it is written, differs in nothing', () => {
  const [one, other] = [
    '{ approval: { from: leads } }, { checks: [test] }',
    '{ checks: [test] }, { all: [{ approval: { from: { teams: [leads] }, count: 1, name: x } }] }',
  ]
  expect(said(merge(one), merge(other))).toEqual([])
  expect(said(merge(one), merge(one).replace('main', '~default'))).toEqual([])
  expect(said(null, null)).toEqual([])
})

describe('what is asked', () => {
  test.each([
    [
      'a rule that is removed is weaker',
      '{ approval: { from: leads } }, { checks: [test] }',
      '{ checks: [test] }',
      'weaker',
      'approval from leads is no longer asked',
    ],
    [
      'a rule that is added is stronger',
      '{ checks: [test] }',
      '{ checks: [test] }, { approval: { from: leads } }',
      'stronger',
      'approval from leads is asked too',
    ],
    [
      'a lower count is weaker',
      '{ approval: { from: leads, count: 2 } }',
      '{ approval: { from: leads } }',
      'weaker',
      '1 approval instead of 2 from leads',
    ],
    [
      'a higher count is stronger',
      '{ approval: { from: leads } }',
      '{ approval: { from: leads, count: 2 } }',
      'stronger',
      '2 approvals instead of 1 from leads',
    ],
    [
      'a wider group is weaker',
      '{ approval: { from: leads } }',
      '{ approval: { from: [leads, managers] } }',
      'weaker',
      'approval from `leads or managers` instead of leads',
    ],
    [
      'fewer people also object less, so a narrower group is different',
      '{ approval: { from: [leads, managers] } }',
      '{ approval: { from: leads } }',
      'different',
      'approval from leads instead of `leads or managers`',
    ],
    [
      'where objections do not count, a narrower group is stronger',
      '{ approval: { from: [leads, managers], objections: ignore } }',
      '{ approval: { from: leads, objections: ignore } }',
      'stronger',
      'approval from leads instead of `leads or managers`',
    ],
    [
      'another group is different',
      '{ approval: { from: leads } }',
      '{ approval: { from: managers } }',
      'different',
      'approval from managers instead of leads',
    ],
    [
      'letting the author approve is weaker',
      '{ approval: { from: leads } }',
      '{ approval: { from: leads, involved: [author] } }',
      'weaker',
      'approval from leads: in spite of being involved `author` is allowed too',
    ],
    [
      'letting an approval outlive a push is weaker',
      '{ approval: { from: leads } }',
      '{ approval: { from: leads, after_push: same_diff } }',
      'weaker',
      'an approval survives a push that leaves the diff as it was',
    ],
    [
      'letting it outlive every push is weaker still',
      '{ approval: { from: leads, after_push: same_diff } }',
      '{ approval: { from: leads, after_push: keep } }',
      'weaker',
      'an approval survives every push',
    ],
    [
      'letting old approvals count is weaker',
      '{ approval: { from: leads, within: 7d } }',
      '{ approval: { from: leads } }',
      'weaker',
      'an approval counts however old it is instead of for 7d',
    ],
    [
      'counting comments too is weaker',
      '{ approval: { from: leads } }',
      '{ approval: { from: leads, by: [review, comment] } }',
      'weaker',
      'approval by `comment` is allowed too',
    ],
    [
      'not hearing objections any more is weaker',
      '{ approval: { from: leads } }',
      '{ approval: { from: leads, objections: ignore } }',
      'weaker',
      'an objection from leads no longer holds the gate',
    ],
    [
      'an alternative more is weaker',
      '{ approval: { from: leads } }',
      '{ any: [{ approval: { from: leads } }, { approval: { from: managers } }] }',
      'weaker',
      'approval from managers is enough too',
    ],
    [
      'an alternative fewer is stronger',
      '{ any: [{ approval: { from: leads } }, { approval: { from: managers } }] }',
      '{ approval: { from: leads } }',
      'stronger',
      'approval from managers is no longer enough',
    ],
    [
      'a condition around a rule is weaker',
      '{ checks: [test] }',
      '{ when: [{ draft: false }], require: [{ checks: [test] }] }',
      'weaker',
      '`checks` (`test`) is asked only where `draft: false`',
    ],
    [
      'a rule that is asked always is stronger',
      '{ draft: false }, { when: [{ changed: { paths: ["src/**"] } }], require: [{ checks: [test] }] }',
      '{ draft: false }, { checks: [test] }',
      'stronger',
      '`checks` (`test`) is asked always, not only where `changed` (`src/**`)',
    ],
    [
      'of people without an account nobody can tell: different',
      '{ draft: false }, { when: [{ author: { in: leads } }], require: [{ checks: [test] }] }',
      '{ draft: false }, { checks: [test] }',
      'different',
      '`checks` (`test`) is asked always, not only where `author` (leads)',
    ],
    [
      'a gate that may ask nothing is shut then, so adding to it is different',
      '{ when: [{ draft: true }], require: [{ checks: [test] }] }',
      '{ when: [{ draft: true }], require: [{ checks: [test] }] }, { draft: true }',
      'different',
      '`draft: true` is asked too; before, the gate stayed shut where none of its conditions held',
    ],
    [
      'a check fewer is weaker',
      '{ checks: [test, scan] }',
      '{ checks: [test] }',
      'weaker',
      '`checks`: `scan` is no longer asked',
    ],
    [
      'a check from another app is different',
      '{ checks: [test] }',
      '{ checks: [{ name: test, app: ci }] }',
      'different',
      '`checks`: `test` is heard from another reporter',
    ],
    [
      'a conclusion more is weaker',
      '{ checks: [test] }',
      '{ checks: [{ name: test, conclusions: [success, neutral] }] }',
      'weaker',
      '`checks`: `test` concluded `neutral` is allowed too',
    ],
    [
      'a larger change is weaker',
      '{ size: { total: "<100" } }',
      '{ size: { total: "<500" } }',
      'weaker',
      '`size`: total: at most 499 lines instead of at most 99',
    ],
    [
      'a path more that may not change is stronger',
      '{ changed: { paths: ["a/**"], none: true } }',
      '{ changed: { paths: ["a/**", "b/**"], none: true } }',
      'stronger',
      '`changed`: `b/**` is asked too',
    ],
    [
      'what cannot be ordered is different',
      '{ not: { draft: true } }',
      '{ draft: false }',
      'weaker',
      'not `draft: true` is no longer asked',
    ],
  ])('%s', (_, before, after, direction, words) => {
    expect(said(merge(before), merge(after))[0]).toBe(`${direction} ${MERGE} ${words}`)
  })

  test('several changes of one rule are told one by one', () => {
    const before = merge('{ approval: { from: leads, count: 2 } }')
    const after = merge('{ approval: { from: [leads, managers], count: 1, involved: [author] } }')
    expect(said(before, after)).toHaveLength(3)
  })

  test('in a release, an alternative that could reject is missed', () => {
    const any = '{ any: [{ approval: { from: leads } }, { approval: { from: managers } }] }'
    expect(said(release(any), release('{ approval: { from: leads } }'))).toEqual([
      'different `production`: approval from managers is no longer enough, and those it named can no longer reject',
    ])
  })

  test('with nothing said of events, the default ones are asked: more are weaker', () => {
    const [plain, more] = ['{ draft: x }', '{ event: { in: [push, repository_dispatch] } }'].map((rule) =>
      release(`{ reviewed: {} }${rule === '{ draft: x }' ? '' : `, ${rule}`}`),
    )
    expect(said(plain ?? '', more ?? '')[0]).toBe('weaker `production`: `event`: `repository_dispatch` is allowed too')
    expect(said(more ?? '', plain ?? '')[0]).toMatch(/^weaker .*no longer named/)
  })

  test('a window is told in days and hours', () => {
    const window = (days: string, hours: string) =>
      release(`{ window: [{ days: ${days}, hours: "${hours}", timezone: Europe/Berlin }] }`)
    expect(said(window('mon-wed', '09:00-16:00'), window('mon-thu', '09:00-16:00'))).toEqual([
      'weaker `production`: `window`: the window is wider: Mon–Thu 09:00–16:00 `Europe/Berlin` instead of Mon–Wed 09:00–16:00 `Europe/Berlin`',
    ])
    expect(said(window('mon-thu', '09:00-16:00'), window('mon-thu', '10:00-16:00'))[0]).toMatch(/^stronger .*narrower/)
    expect(said(window('mon-thu', '09:00-16:00'), window('fri', '09:00-16:00'))[0]).toMatch(/^different/)
  })
})

describe('gates', () => {
  test('a merge gate that is removed is weaker, a new one stronger', () => {
    const both = 'branches: { main: { merge: [{ draft: false }] }, next: { merge: [{ draft: false }] } }'
    expect(said(both, merge('{ draft: false }'))).toEqual([
      'weaker The merge gate of `next`: `draft: false`: nothing is asked any more',
    ])
    expect(said(merge('{ draft: false }'), both)).toEqual([
      'stronger The merge gate of `next`: `draft: false`: asked where nothing was asked before',
    ])
  })

  test('an environment that is removed is weaker; a new one is different, for what nothing names is held', () => {
    const two = 'environments: { production: { release: [{ reviewed: {} }] }, qa: { release: [{ reviewed: {} }] } }'
    expect(said(two, release('{ reviewed: {} }'))[0]).toMatch(/^weaker `qa`: its gate, asking `reviewed`, is removed/)
    expect(said(release('{ reviewed: {} }'), two)[0]).toMatch(/^different `qa`: it has a gate of its own now/)
  })

  test('who may change the policy is a gate too', () => {
    const policy = 'policy: [{ approval: { from: leads } }]'
    expect(said(policy, 'branches: {}')[0]).toBe(
      'weaker Changing the policy: approval from leads: nothing is asked any more',
    )
    expect(said('branches: {}', policy)[0]).toMatch(/^stronger Changing the policy/)
  })

  test('an override that comes is weaker; one that goes takes its debts with it', () => {
    const override = ', override: { by: managers }'
    expect(said(release('{ reviewed: {} }'), release('{ reviewed: {} }', override))).toEqual([
      'weaker `production`: `override`: managers can lift what the gate finds, with a reason',
    ])
    expect(said(release('{ reviewed: {} }', override), release('{ reviewed: {} }'))[0]).toMatch(
      /^different .*no longer possible/,
    )
  })

  test.each([
    ['count: 2', '', 'weaker'],
    ['', 'count: 2', 'stronger'],
    ['expires: 1h', 'expires: 2h', 'weaker'],
    ['review_within: 24h', 'review_within: 1h', 'stronger'],
    ['', 'lifts: [ref]', 'weaker'],
    ['', 'even_if_undecided: true', 'weaker'],
    ['reviewed_by: leads', '', 'different'],
  ])('of an override, %s to %s is %s', (before, after, direction) => {
    const of = (more: string) =>
      release('{ reviewed: {} }', `, override: { by: managers${more === '' ? '' : `, ${more}`} }`)
    expect(said(of(before), of(after))[0]).toMatch(new RegExp(`^${direction} .production.: .override.`))
  })

  test('a bypass that is no longer followed up is weaker', () => {
    const of = (more: string) => release('{ reviewed: {} }', more)
    expect(said(of(', bypass: { cancel: true }'), of(', bypass: {}'))[0]).toMatch(/^weaker .*`cancel`/)
    expect(said(of(', bypass: {}'), of(''))[0]).toMatch(/^weaker .*`bypass`/)
  })

  test('a rollback that asks less, or may go further back, is weaker', () => {
    const of = (rollback: string) => release('{ reviewed: {} }, { approval: { from: leads } }', rollback)
    expect(said(of(''), of(', rollback: { rules: [{ reviewed: {} }] }'))).toEqual([
      'weaker `production`: rollback: approval from leads is no longer asked',
    ])
    const within = (length: string) => of(`, rollback: { within: ${length}, rules: [{ reviewed: {} }] }`)
    expect(said(within('30d'), within('60d'))[0]).toBe('weaker `production`: rollback: `within` is 60d instead of 30d')
    expect(said(within('60d'), within('30d'))[0]).toMatch(/^stronger/)
    const strict = (length: string) => of(`, rollback: { within: ${length}, rules: [{ deployer: { in: leads } }] }`)
    expect(said(strict('60d'), strict('30d'))[0]).toMatch(/^different .*take the list of ordinary releases/)
  })

  test('a lower tier is weaker, any other is different', () => {
    const of = (tier: string) => release('{ reviewed: {} }', `, tier: ${tier}`)
    expect(said(of('production'), of('staging'))[0]).toMatch(/^weaker .*its tier is `staging` instead of `production`/)
    expect(said(of('staging'), of('production'))[0]).toMatch(/^different/)
  })
})

describe('what gates rest on', () => {
  const protection = (keys: string) => `branches: { main: { protection: { ${keys} } } }`
  test.each([
    ['pull_request: { approvals: 2 }', 'pull_request: { approvals: 1 }', 'weaker'],
    ['checks: [test]', 'checks: [test, scan]', 'stronger'],
    ['force_push: false', 'deletion: false', 'weaker'],
    ['', 'admins: false', 'weaker'],
    ['up_to_date: true', '', 'weaker'],
    ['bypass: [leads]', 'bypass: [leads, managers]', 'weaker'],
    ['bypass: [leads]', '', 'weaker'],
    ['', 'bypass: []', 'stronger'],
  ])('of protection, %s to %s is %s', (before, after, direction) => {
    expect(said(protection(before), protection(after))[0]).toMatch(new RegExp(`^${direction} The protection of .main.`))
  })

  const freeze = (more: string) => `freezes: [{ name: Year end, timezone: UTC, ${more} }]`
  const DATES = 'from: 2026-12-18T18:00, to: 2027-01-04T08:00'
  test.each([
    [DATES, 'from: 2026-12-18T18:00, to: 2027-01-02T08:00', 'weaker'],
    [DATES, 'from: 2026-12-17T18:00, to: 2027-01-04T08:00', 'stronger'],
    [DATES, 'from: 2027-12-18T18:00, to: 2028-01-04T08:00', 'different'],
    [DATES, `${DATES}, tiers: [production]`, 'weaker'],
    [`${DATES}, merge: true`, DATES, 'weaker'],
    [DATES, `${DATES}, except: { rollback: true }`, 'weaker'],
    [`${DATES}, except: { environments: [qa] }`, DATES, 'stronger'],
    ['cron: "0 18 * * 5", lasts: 62h', 'cron: "0 18 * * 5", lasts: 12h', 'weaker'],
  ])('of a freeze, %s to %s is %s', (before, after, direction) => {
    expect(said(freeze(before), freeze(after))[0]).toMatch(new RegExp(`^${direction} The freeze .Year end.`))
  })

  test('a freeze that is removed is weaker, a new one stronger', () => {
    expect(said(freeze(DATES), 'branches: {}')[0]).toMatch(/^weaker The freeze `Year end`: it is removed/)
    expect(said('branches: {}', freeze(DATES))[0]).toMatch(/^stronger The freeze `Year end`: it is new/)
  })

  test('a group that is wider is told by itself and at each gate that names it', () => {
    const of = (teams: string) => `groups: { leads: { teams: [${teams}] } }\n${merge('{ approval: { from: leads } }')}`
    expect(said(of('a'), of('a, b'))).toEqual([
      'weaker The merge gate of `main`: approval from leads, which now means team `a` or team `b` instead of team `a`',
      'weaker The group `leads`: it is wider: team `a` or team `b` instead of team `a`',
    ])
  })

  test('child teams and lower roles are more people', () => {
    const of = (group: string) => `groups: { leads: ${group} }`
    expect(said(of('{ teams: [a], inherited: false }'), of('{ teams: [a] }'))[0]).toMatch(/^weaker/)
    expect(said(of('{ roles: [maintain] }'), of('{ roles: [write] }'))[0]).toMatch(/^weaker/)
    expect(said(of('{ teams: [{ team: a, id: 7 }] }'), of('{ teams: [a] }'))[0]).toMatch(/^different/)
  })

  test('a first file takes the place of the built-in policy, and a removed one leaves nothing but it', () => {
    expect(said(null, merge('{ draft: false }'))[0]).toMatch(/^different The file: it is new/)
    expect(said(merge('{ draft: false }'), null)[0]).toMatch(/^weaker The file: it is removed/)
    const organisation = 'tiers: { production: { release: [{ reviewed: {} }] } }'
    const bound = said(null, merge('{ draft: false }'), { organisation })
    expect(bound[0]).toMatch(/^stronger The merge gate/)
  })

  test('what the organisation forbids in the policy in force keeps its gates shut until it goes', () => {
    const organisation = 'locked: [merge]'
    expect(said(merge('{ draft: false }'), release('{ reviewed: {} }'), { organisation })[0]).toMatch(
      /^different The file: .*locked the merge gate/,
    )
  })

  test('a name that means a group of the organisation is not the team of that name', () => {
    const organisation = 'groups: { owners: { teams: [everybody] } }'
    const own = 'groups: { mine: { teams: [owners] } }\n'
    const before = `${own}${merge('{ approval: { from: mine } }')}`
    const after = `${own}${merge('{ approval: { from: owners } }')}`
    expect(said(before, after, { organisation })[0]).toMatch(/^different .*approval from owners instead of mine/)
    expect(said(before, after)).toEqual([])
  })
})

describe("the organisation's file", () => {
  const of = (before: string | null, after: string | null) => said(before, after, { origin: 'organisation' })
  test.each([
    ['mode: enforce', 'mode: observe', 'weaker'],
    ['mode: observe', 'mode: observe-and-approve', 'weaker'],
    ['mode: observe', 'mode: enforce', 'stronger'],
    ['locked: [merge, release]', 'locked: [merge]', 'weaker'],
    ['locked: [merge]', 'locked: [merge, release]', 'stronger'],
    ['repositories: { include: [a, b] }', 'repositories: { include: [a] }', 'weaker'],
    ['repositories: { include: ["*"] }', 'repositories: { include: ["*"], exclude: [sandbox] }', 'weaker'],
    ['repositories: { include: [a] }', 'repositories: { include: [a, b] }', 'different'],
  ])('%s to %s is %s', (before, after, direction) => {
    expect(of(before, after)[0]).toMatch(new RegExp(`^${direction} The file`))
  })

  test('a lock beside one gate is told there', () => {
    const gate = (locked: string) => `environments: { production: { release: [{ reviewed: {} }]${locked} } }`
    expect(of(gate(', locked: [release]'), gate(''))[0]).toMatch(/^weaker `production`: `locked`/)
  })

  test('it comes, and it goes', () => {
    expect(of(null, 'mode: observe')[0]).toMatch(
      /^different The file: the organisation has a policy now, in mode observe/,
    )
    expect(of('mode: observe', null)[0]).toMatch(/^weaker The file: the organisation has no policy any more/)
  })

  test('the default branch of other repositories is not main', () => {
    const branch = (key: string) => `branches: { ${key}: { merge: [{ draft: false }] } }`
    expect(of(branch('~default'), branch('main')).map((line) => line.split(' ')[0])).toEqual(['weaker', 'stronger'])
  })
})

test('what users wrote does nothing in the words', () => {
  const wicked = '"<img src=x> [a](http://b) `@all`"'
  const before = `environments: { ${wicked}: { release: [{ reviewed: {} }] } }\nfreezes: [{ name: ${wicked}, from: 2026-12-18T18:00, to: 2027-01-04T08:00, timezone: UTC }]`
  const after = `branches: { main: { merge: [{ checks: [${wicked}] }, { approval: { from: ${wicked} } }] } }`
  for (const words of said(before, after)) {
    const outside = words.replace(/(`+)(?:(?!\1)[\s\S])*?[^`]\1(?!`)/g, '')
    expect(outside).not.toMatch(/[<@\]]/)
  }
  expect(said(before, after).join()).toContain('img')
})
