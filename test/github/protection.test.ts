import { expect, test } from '@jest/globals'
import { ask, factFor, type Protection } from '../../src/policy/facts.js'
import { joinProtection } from '../../src/github/readers/protection.js'
import { aWorld, type World } from '../world/world.js'
import { gatewayFor, jsonReply, urlOf } from './gateway-for.js'

const protectionOf = async (world: World, fetch?: typeof globalThis.fetch) => {
  const pull = world.repository().pulls[0] ?? (await world.opensPullRequest({ by: 'dev' }))
  const { repository } = await gatewayFor(world, fetch ? { fetch } : {})
  const facts = await (await repository.change(pull.number))?.facts.answer([ask.protection], 0)
  return factFor(facts ?? new Map(), ask.protection)
}

const known = async (world: World): Promise<Protection> => {
  const fact = await protectionOf(world)
  if (!fact.known) throw new Error(fact.reason)
  return fact.value
}

test('classic protection alone is told as it is', async () => {
  const world = await aWorld()
  await world.protects('main', {
    approvals: 2,
    dismissStale: true,
    lastPush: true,
    checks: [{ name: 'release-gates/merge', appId: world.app.id }, 'test'],
    upToDate: true,
    admins: true,
    linearHistory: true,
  })
  expect(await known(world)).toMatchObject({
    branch: 'main',
    pullRequest: { approvals: 2, dismissStale: true, lastPush: true, codeOwners: false },
    ownCheck: true,
    upToDate: true,
    forcePush: false,
    deletion: false,
    linearHistory: true,
    signedCommits: false,
    conversations: false,
    admins: true,
  })
  await world.close()
})

test.each([
  ['from any source', null],
  ['from another app', 1],
])('our check that may come %s is not our check', async (_, appId) => {
  const world = await aWorld()
  await world.protects('main', { checks: [{ name: 'release-gates/merge', appId }], admins: true })
  expect(await known(world)).toMatchObject({ ownCheck: false })
  await world.close()
})

test('both layers are read, and of each rule the stricter counts', async () => {
  const world = await aWorld()
  await world.protects('main', { approvals: 1, forcePush: true, admins: true })
  await world.addsRuleset({
    name: 'stricter',
    conditions: { ref_name: { include: ['refs/heads/main'], exclude: [] } },
    rules: [
      {
        type: 'pull_request',
        parameters: {
          required_approving_review_count: 2,
          dismiss_stale_reviews_on_push: true,
          require_last_push_approval: false,
          require_code_owner_review: false,
          required_review_thread_resolution: true,
        },
      },
      { type: 'non_fast_forward' },
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: true,
          required_status_checks: [{ context: 'release-gates/merge', integration_id: world.app.id }],
        },
      },
    ],
  } as never)
  expect(await known(world)).toMatchObject({
    pullRequest: { approvals: 2, dismissStale: true },
    conversations: true,
    forcePush: false,
    ownCheck: true,
    upToDate: true,
  })
  await world.close()
})

test('an administrator’s way around shows', async () => {
  const world = await aWorld()
  await world.protects('main', { approvals: 1, admins: false })
  expect(await known(world)).toMatchObject({ admins: false })
  await world.close()
})

test('who may force-push past classic protection stands among those who bypass it', async () => {
  const world = await aWorld()
  await world.protects('main', {
    approvals: 1,
    admins: true,
    bypassForcePush: { users: ['ada'] },
    bypassPullRequest: { users: ['cora'] },
  })
  const { bypass } = await known(world)
  expect(bypass).toMatchObject([
    { kind: 'user', name: 'cora' },
    { kind: 'user', name: 'ada' },
  ])
  await world.close()
})

test('where GitHub does not tell who may force-push, who bypasses is unknown and the rest is not', async () => {
  const world = await aWorld()
  await world.protects('main', { approvals: 1, admins: true })
  const refusing: typeof fetch = async (input, init) =>
    typeof init?.body === 'string' && init.body.includes('bypassForcePushAllowances')
      ? jsonReply(200, { data: null, errors: [{ type: 'FORBIDDEN', message: 'No.' }] })
      : fetch(input, init)
  expect(await protectionOf(world, refusing)).toMatchObject({ known: true, value: { bypass: null, admins: true } })
  await world.close()
})

test('an unprotected branch is known to be unprotected', async () => {
  const world = await aWorld()
  expect(await known(world)).toMatchObject({ pullRequest: null, forcePush: true, deletion: true, admins: false })
  await world.close()
})

test('a 404 on a protected branch means hidden, and is unknown', async () => {
  const world = await aWorld()
  await world.protects('main', { approvals: 1, admins: true })
  const hiding: typeof fetch = async (input, init) => {
    const reply = await fetch(input, init)
    return urlOf(input).endsWith('/branches/main/protection') ? jsonReply(404, { message: 'Not Found' }) : reply
  }
  expect(await protectionOf(world, hiding)).toMatchObject({
    known: false,
    reason: expect.stringMatching(/does not show/),
  })
  await world.close()
})

test('a missing permission is unknown', async () => {
  const world = await aWorld()
  await world.protects('main', { approvals: 1, admins: true })
  await world.grants({ administration: null })
  expect(await protectionOf(world)).toMatchObject({ known: false })
  await world.close()
})

const RULES = {
  any: true,
  pullRequests: [],
  checks: [],
  upToDate: false,
  noForcePush: false,
  noDeletion: false,
  linearHistory: false,
  signedCommits: false,
  conversations: false,
  bypass: [],
} as const

test('who may bypass a ruleset is unknown where GitHub does not say', () => {
  expect(joinProtection('main', null, { ...RULES, bypass: null }, 1)).toMatchObject({ bypass: null, admins: true })
  expect(joinProtection('main', null, RULES, 1)).toMatchObject({ bypass: [], admins: true })
})

test('a switch that classic protection does not name forbids nothing', () => {
  const classic = { enforce_admins: { enabled: true }, bypass: [] }
  expect(joinProtection('main', classic, { ...RULES, any: false }, 1)).toMatchObject({
    forcePush: true,
    deletion: true,
  })
})
