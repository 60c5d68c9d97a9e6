import { expect, test } from '@jest/globals'
import { decide, questionsOf, worst } from '../../src/policy/decide.js'
import { gatesOfChange } from '../../src/policy/composing/gates.js'
import { factsOf } from '../../src/policy/scenario/facts.js'
import type { RawDeployment, RawSituation } from '../../src/policy/scenario/schema.js'
import {
  ago,
  ahead,
  DAY,
  findingOf,
  HOUR,
  inRelease,
  judged,
  merge,
  mergeCase,
  MINUTE,
  NOW,
  policies,
  release,
  releaseCase,
  said,
} from './given.js'

const YES = '{ draft: false }'
const NO = '{ fork: true }'
const WAIT = '{ labels: { all: [ready] } }'
const UNDECIDED = '{ title: { matches: a } }'
/** A predicate that is undecided, because the files cannot be read. */
const DARK = '{ size: { total: "<1" } }'
const dark: RawSituation = { unknown: ['files'] }

test('all is the worst, any the best', () => {
  const judge = (rules: string) => said(merge(rules, {}, dark)).split(' ')[0]
  expect(judge(`${YES}, ${WAIT}`)).toBe('wait')
  expect(judge(`${YES}, ${WAIT}, ${DARK}`)).toBe('undecided')
  expect(judge(`${YES}, ${WAIT}, ${DARK}, ${NO}`)).toBe('deny')
  expect(judge(`{ any: [${YES}, ${WAIT}, ${DARK}, ${NO}] }`)).toBe('allow')
  expect(judge(`{ any: [${WAIT}, ${DARK}, ${NO}] }`)).toBe('wait')
  expect(judge(`{ any: [${DARK}, ${NO}] }`)).toBe('undecided')
  expect(judge(`{ any: [${NO}, ${NO}] }`)).toBe('deny')
  expect(judge(`{ any: [${NO}, { all: [${YES}, ${YES}] }] }`)).toBe('allow')
})

test('not changes allow and deny, and leaves undecided', () => {
  const judge = (rules: string) => said(merge(rules, {}, dark))
  expect(judge(`{ not: ${NO} }`)).toBe('allow')
  expect(judge(`{ not: ${YES} }`)).toBe('deny draft')
  expect(judge(`{ not: ${WAIT} }`)).toBe('allow')
  expect(judge(`{ not: ${DARK} }`)).toBe('undecided fact_unknown')
  expect(judge(`{ not: { any: [${NO}, ${YES}] } }`)).toBe('deny draft')
})

test('a condition that denies makes its entry inactive, even beside an undecided one', () => {
  const judge = (conditions: string) =>
    said(merge(`${YES}, { when: [${conditions}], require: [${NO}] }`, {}, dark)).split(' ')[0]
  expect(judge(NO)).toBe('allow')
  expect(judge(`${DARK}, ${NO}`)).toBe('allow')
  expect(judge(`${YES}, ${DARK}`)).toBe('undecided')
  expect(judge(YES)).toBe('deny')
  expect(judge(WAIT)).toBe('allow')
})

test('inside a condition nothing waits, so that any of a no and a doubt is a doubt', () => {
  const rules = `${YES}, { when: [{ any: [${WAIT}, ${DARK}] }], require: [${NO}] }`
  expect(said(merge(rules, {}, dark)).split(' ')[0]).toBe('undecided')
})

test('what is inactive is absent, in any too', () => {
  const inactive = `{ when: [${NO}], require: [${YES}] }`
  expect(said(merge(`${WAIT}, { any: [${inactive}] }`))).toBe('wait label_missing')
  expect(said(merge(`${YES}, { any: [${inactive}, ${NO}] }`))).toBe('deny fork_not_allowed')
})

test('nothing is allowed because nothing was asked', () => {
  expect(said(merge(`{ when: [${NO}], require: [${YES}] }`))).toBe('undecided no_rule_applies')
  expect(said(release(`{ when: [${NO}], require: [{ reviewed: {} }] }`))).toBe('undecided no_rule_applies')
  expect(said(judged(releaseCase(policies('environments: { staging: { release: [{ reviewed: {} }] } }'), {})))).toBe(
    'undecided no_rule_applies',
  )
  expect(worst([])).toBe('undecided')
  expect(worst(['allow', 'wait', 'deny', 'undecided'])).toBe('deny')
})

test('what nobody read is unknown', () => {
  const { gate } = mergeCase(policies(`branches: { main: { merge: [${UNDECIDED}] } }`), {})
  expect(said(decide(gate, new Map(), NOW))).toBe('undecided fact_unknown')
  expect(findingOf(decide(gate, new Map(), NOW), 'title').values).toEqual({ fact: 'change', reason: 'nobody read it' })
})

test('the verdict names every question asked, each once and sorted', () => {
  const verdict = release('{ approval: { from: managers } }, { deployed: { to: development } }')
  expect(verdict.asked).toEqual(['approvals', 'deployment', 'released', 'releases', 'ships', 'teams/managers'])
  const { gate } = releaseCase(policies(inRelease('{ newest: {} }')), {})
  expect(
    questionsOf(gate)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['deployment', 'released'])
})

test('a freeze holds without being named, and the gate looks again when it ends or begins', () => {
  const policy = (from: string, to: string, more = '') =>
    policies(
      `${inRelease('{ ref: { branches: [main] } }')}\nfreezes: [{ name: Sale, from: ${from}, to: ${to}, timezone: UTC${more} }]`,
    )
  const during = judged(releaseCase(policy('2026-11-20T00:00', '2026-11-24T00:00'), {}))
  expect(said(during)).toBe('wait frozen')
  expect(during.lookAgainAt).toBe(Date.UTC(2026, 10, 24))
  const before = judged(releaseCase(policy('2026-11-24T00:00', '2026-11-25T00:00'), {}))
  expect(said(before)).toBe('allow')
  expect(before.lookAgainAt).toBe(Date.UTC(2026, 10, 24))
  expect(said(judged(releaseCase(policy('2026-11-20T00:00', '2026-11-23T10:00'), {})))).toBe('allow')
})

test('a freeze binds merges only where it says so', () => {
  const freeze = 'freezes: [{ name: Sale, from: 2026-11-20T00:00, to: 2026-11-24T00:00, timezone: UTC, merge: true }]'
  const { gate, facts } = mergeCase(policies(`branches: { main: { merge: [${YES}] } }\n${freeze}`), {})
  expect(said(judged({ gate, facts }))).toBe('wait frozen')
  const freezes = gate.freezes.map((each) => ({ ...each, merge: false }))
  expect(freezes).toHaveLength(1)
  expect(said(judged({ gate: { ...gate, freezes }, facts }))).toBe('allow')
})

const ROLLBACK = `environments: { production: { release: [{ approval: { from: managers } }], rollback: { within: 30d, rules: [{ deployer: { in: managers } }] } } }`
const released = (before: object = {}) => [
  { sha: 'c1', at: ago(10 * DAY), ...before },
  { sha: 'c2', at: ago(DAY), contains: true },
]

test('a rollback takes the list for rollbacks', () => {
  const judge = (deployment: RawDeployment, more: RawSituation = {}) =>
    judged(releaseCase(policies(ROLLBACK), { sha: 'c1', ...deployment }, more))
  expect(judge({ by: 'dora', released: released() })).toMatchObject({ decision: 'allow', rollback: true })
  expect(said(judge({ by: 'dev', released: released() }))).toBe('wait deployer_missing')
  expect(said(judge({ by: 'dora', released: released({ at: ago(30 * DAY) }) }))).toBe('wait approval_missing')
  expect(said(judge({ by: 'dora', released: released({ rejected_at: ago(HOUR) }) }))).toBe('wait approval_missing')
  expect(said(judge({ by: 'dora', sha: 'c2', released: released() }))).toBe('wait approval_missing')
  expect(said(judge({ by: 'dora', released: released() }, { unknown: ['released'] }))).toBe(
    'undecided approval_missing fact_unknown',
  )
})

test('a layer without a list for rollbacks stays as it is', () => {
  const given = policies(ROLLBACK, 'tiers: { production: { release: [{ approval: { from: { teams: [core] } } }] } }')
  const judge = (deployment: RawDeployment) =>
    said(judged(releaseCase(given, { sha: 'c1', by: 'dora', released: released(), ...deployment })))
  expect(judge({})).toBe('wait approval_missing')
  expect(judge({ approvals: [{ by: 'cora' }] })).toBe('allow')
})

test('a freeze that excepts rollbacks does not bind them', () => {
  const freeze = (except: string) =>
    `${ROLLBACK}\nfreezes: [{ name: Sale, from: 2026-11-20T00:00, to: 2026-11-24T00:00, timezone: UTC${except} }]`
  const judge = (except: string) =>
    said(judged(releaseCase(policies(freeze(except)), { sha: 'c1', by: 'dora', released: released() })))
  expect(judge('')).toBe('wait frozen')
  expect(judge(', except: { rollback: true }')).toBe('allow')
})

const OVERRIDE = '{ by: core, count: 1, expires: 1h, review_within: 24h, reviewed_by: leads }'
const withOverride = (rules: string, override = OVERRIDE, organisation?: string) =>
  policies(`environments: { production: { release: [${rules}], override: ${override} } }`, organisation)
const APPROVAL = '{ approval: { from: managers } }'
const byCora = { by: 'cora', at: ago(MINUTE), reason: 'The shop is down' }

const overriding = (
  override: object,
  rules = APPROVAL,
  deployment: RawDeployment = {},
  more: RawSituation = {},
  terms = OVERRIDE,
) => judged(releaseCase(withOverride(rules, terms), { overrides: [{ ...byCora, ...override }], ...deployment }, more))

test('an override lifts what its layer found, and shows it', () => {
  const verdict = overriding({})
  expect(verdict).toMatchObject({ decision: 'allow', overridden: true, lookAgainAt: NOW + 59 * MINUTE })
  expect(findingOf(verdict, 'approval')).toMatchObject({ outcome: 'wait', lifted: true })
})

test('an override that is not needed is not spent', () => {
  expect(overriding({}, APPROVAL, { approvals: [{ by: 'dora' }] })).not.toHaveProperty('overridden')
})

test.each([
  ['of a stranger', { by: 'mallory' }],
  ['of an app', { by: 'cora[bot]' }],
  ['without a reason', { reason: '  ' }],
  ['that has expired', { at: ago(HOUR) }],
  ['whose own end has come', { expires_at: ago(0) }],
  ['that is still to come', { at: ahead(MINUTE) }],
  ['that is spent', { spent_at: ago(MINUTE) }],
])('an override %s lifts nothing', (_, override) => {
  expect(overriding(override)).toMatchObject({ decision: 'wait' })
})

test.each([
  ['started it', { by: 'cora' }],
  ['wrote what ships', { sha: 'c1', ships: [{ sha: 'c1', author: 'cora', change: { author: 'dev' } }] }],
  ['merged what ships', { sha: 'c1', ships: [{ sha: 'c1', author: 'dev', change: { merged_by: 'cora' } }] }],
  ['released it', { releases: [{ by: 'cora', at: ago(MINUTE) }] }],
])('who %s cannot override', (_, deployment) => {
  const verdict = overriding({}, APPROVAL, deployment)
  expect(verdict.decision).toBe('wait')
  expect(findingOf(verdict, 'override')).toMatchObject({ outcome: 'inactive', code: 'approver_involved' })
})

test('nobody can be told to be uninvolved where a contributor is unknown', () => {
  const ships = [{ sha: 'c1', author: null, change: { author: 'dev' } }]
  expect(overriding({}, APPROVAL, { sha: 'c1', ships })).toMatchObject({ decision: 'wait' })
  expect(overriding({}, APPROVAL, {}, { unknown: ['ships'] })).toMatchObject({ decision: 'undecided' })
})

test('an override of two needs two', () => {
  const two = '{ by: core, count: 2, expires: 1h, review_within: 24h, reviewed_by: leads }'
  const judge = (...overrides: object[]) =>
    judged(releaseCase(withOverride(APPROVAL, two), { overrides: overrides.map((each) => ({ ...byCora, ...each })) }))
      .decision
  expect(judge({}, {})).toBe('wait')
  expect(judge({}, { by: 'carl' })).toBe('allow')
})

test('event, ref and workflow stay, unless lifts names them', () => {
  const off = { ref: 'refs/heads/hotfix' }
  const rules = `{ ref: { branches: [main] } }, ${APPROVAL}`
  expect(said(overriding({}, rules, off))).toBe('deny ref_not_allowed')
  expect(
    said(overriding({}, `{ any: [{ ref: { branches: [main] } }, { ref: { branches: [next] } }] }, ${APPROVAL}`, off)),
  ).toBe('deny ref_not_allowed')
  const lifting = '{ by: core, count: 1, expires: 1h, review_within: 24h, reviewed_by: leads, lifts: [ref] }'
  expect(said(overriding({}, rules, off, {}, lifting))).toBe('allow')
  expect(said(overriding({}, rules, { ...off, event: 'issue_comment' }, {}, lifting))).toBe('deny event_not_allowed')
})

test('undecided stays, unless the policy says so', () => {
  const rules = '{ checks: [test] }'
  const even = '{ by: core, count: 1, expires: 1h, review_within: 24h, reviewed_by: leads, even_if_undecided: true }'
  expect(said(overriding({}, rules, {}, { unknown: ['checks'] }))).toBe('undecided fact_unknown')
  expect(said(overriding({}, rules, {}, { unknown: ['checks'] }, even))).toBe('allow')
  expect(said(overriding({}, rules, {}, { unknown: ['ships'] }, even))).toBe('allow')
})

test('a rejection is not lifted', () => {
  expect(said(overriding({}, APPROVAL, { approvals: [{ by: 'dan', decision: 'reject' }] }))).toBe(
    'deny approval_rejected',
  )
})

test("the organisation's override reaches the repository's rules, never the other way", () => {
  const organisation = (more: string) =>
    `groups: { board: { teams: [core] } }\ntiers: { production: { release: [{ approval: { from: { teams: [leads] } } }]${more} } }`
  const judge = (repository: string, org: string) => {
    const given = policies(`environments: { production: { release: [${APPROVAL}]${repository} } }`, org)
    return said(judged(releaseCase(given, { overrides: [byCora] })))
  }
  expect(judge('', organisation(', override: { by: board, reviewed_by: board }'))).toBe('allow')
  expect(judge(`, override: ${OVERRIDE}`, organisation(''))).toBe('wait approval_missing')
})

test('a freeze is lifted by an override of the file that declares it, or a higher one', () => {
  const freezes = 'freezes: [{ name: Sale, from: 2026-11-20T00:00, to: 2026-11-24T00:00, timezone: UTC }]'
  const repository = `environments: { production: { release: [${APPROVAL}], override: ${OVERRIDE} } }`
  const judge = (own: string, organisation?: string) =>
    said(judged(releaseCase(policies(`${repository}\n${own}`, organisation), { overrides: [byCora] })))
  expect(judge(freezes)).toBe('allow')
  expect(judge('', freezes)).toBe('wait frozen')
})

test('an overdue review holds the ordinary gate, an override still passes', () => {
  const approvals = [{ by: 'dora' }]
  const old = { ...byCora, at: ago(DAY), spent_at: ago(DAY) }
  const judge = (override: object, deployment: RawDeployment = {}) =>
    judged(releaseCase(withOverride(APPROVAL), { approvals, overrides: [{ ...old, ...override }], ...deployment }))
  expect(said(judge({}))).toBe('wait override_unreviewed')
  expect(said(judge({ reviewed_at: ago(MINUTE) }))).toBe('allow')
  expect(said(judge({ reviewed_at: ahead(MINUTE) }))).toBe('wait override_unreviewed')
  expect(judge({ at: ago(DAY - HOUR) })).toMatchObject({ decision: 'allow', lookAgainAt: NOW + HOUR })
  expect(said(judge({}, { overrides: [old, byCora] }))).toBe('allow')
})

test('a bypass owes a review too', () => {
  const given = policies(
    `environments: { production: { release: [${APPROVAL}], bypass: { review_within: 2h, reviewed_by: leads } } }`,
  )
  const judge = (at: string, more: RawSituation = {}) =>
    said(judged(releaseCase(given, { approvals: [{ by: 'dora' }], bypasses: [{ at }] }, more)))
  expect(judge(ago(HOUR))).toBe('allow')
  expect(judge(ago(2 * HOUR))).toBe('wait override_unreviewed')
  expect(judge(ago(HOUR), { unknown: ['bypasses'] })).toBe('undecided fact_unknown')
})

test('an invalid policy is undecided whatever the facts and overrides say', () => {
  const { gate, facts } = releaseCase(withOverride(APPROVAL), { approvals: [{ by: 'dora' }], overrides: [byCora] })
  const broken = { ...gate, problem: { code: 'policy_invalid' as const, values: {} } }
  expect(said(decide(broken, facts, NOW))).toBe('undecided policy_invalid')
})

const POLICY = 'policy: [{ approval: { from: leads, count: 2 } }]\nbranches: { main: { merge: [{ draft: false }] } }'
const policyVerdict = (files: readonly { path: string; previous?: string }[], unknown: readonly string[] = []) => {
  const at = { repository: 'acme/shop', defaultBranch: 'main' }
  const [gate] = gatesOfChange(policies(POLICY), { ...at, base: 'main' }).filter(({ kind }) => kind === 'policy')
  if (gate === undefined) throw new Error('no policy gate')
  const raw = { teams: { leads: ['lena', 'leo'] }, change: { files: [...files] }, unknown: [...unknown] }
  return decide(gate, factsOf({ raw, kind: 'change', now: NOW, ...at, branch: 'main' }, questionsOf(gate), [gate]), NOW)
}

test.each([
  '.github/release-gates.yml',
  'release-gates.yml',
  'tests/a.gates-test.yml',
  '.github/workflows/deep/ci.yml',
])('a change of %s is judged by the policy gate', (path) => {
  expect(policyVerdict([{ path }])).toMatchObject({ applies: true, decision: 'wait' })
  expect(policyVerdict([{ path: 'elsewhere', previous: path }])).toMatchObject({ applies: true, decision: 'wait' })
})

test('the policy gate has nothing to say of other changes, and is shut where the files are unknown', () => {
  expect(policyVerdict([{ path: 'src/a.ts' }])).toMatchObject({ applies: false, decision: 'allow', findings: [] })
  expect(policyVerdict([{ path: 'src/a.ts' }], ['files'])).toMatchObject({ applies: true, decision: 'undecided' })
})

test('what is allowed may end, what is shut may open: only that is looked at again', () => {
  const rules = `{ approval: { from: managers, within: 7d } }, { window: [{ days: mon-thu, hours: "09:00-16:00", timezone: UTC }] }`
  const open = release(rules, { approvals: [{ by: 'dora', at: ago(7 * DAY - HOUR) }] })
  expect(open).toMatchObject({ decision: 'allow', lookAgainAt: NOW + HOUR })
  expect(release(rules)).toMatchObject({ decision: 'wait' })
  expect(release(rules)).not.toHaveProperty('lookAgainAt')
})

const apart = (rules: string, reviews: readonly string[]) =>
  judged(
    mergeCase(policies(`branches: { main: { distinct: true, merge: [${rules}] } }`), {
      reviews: reviews.map((by) => ({ by })),
    }),
  )
const ONE_OF_TWO = '{ approval: { from: leads } }, { approval: { from: { users: [lena] } } }'
const whoMay = (verdict: ReturnType<typeof judged>) => verdict.findings.at(-1)?.who?.may.map(({ login }) => login)

test('where one person stands for two rules, whoever makes room for them may approve', () => {
  const short = apart(ONE_OF_TWO, ['lena'])
  expect(short.findings.at(-1)).toMatchObject({ name: 'distinct', code: 'approval_missing' })
  expect(short.findings.at(-1)).not.toHaveProperty('also')
  expect(whoMay(short)).toEqual(['leo'])
  expect(said(apart(ONE_OF_TWO, ['lena', 'leo']))).toBe('allow')
})

test('where even all who may approve are too few for distinct rules, it says so', () => {
  const short = apart(`${ONE_OF_TWO}, { approval: { from: { users: [leo] } } }`, ['lena', 'leo'])
  expect(short.findings.at(-1)).toMatchObject({ name: 'distinct', also: ['unsatisfiable'] })
  expect(whoMay(short)).toEqual([])
})

test('that one person stands for two rules is told beside whatever else is missing', () => {
  const short = apart(`${ONE_OF_TWO}, { checks: [test] }`, ['lena'])
  expect(said(short)).toBe('wait check_missing approval_missing')
  expect(said(apart(`${ONE_OF_TWO}, { checks: [test] }`, ['lena', 'leo']))).toBe('wait check_missing')
})

test('a way of any that is not met fills no place', () => {
  const rules = '{ approval: { from: leads } }, { any: [{ checks: [test] }, { approval: { from: leads } }] }'
  expect(said(apart(rules, ['lena']))).toBe('wait approval_missing')
})
