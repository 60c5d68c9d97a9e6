import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createSign } from 'node:crypto'
import { Listener } from './app.js'
import { aWorld } from './world.js'
import { asking } from './github.js'
import { description } from './describe/description.js'
import { problemsWith } from './describe/validate.js'
import { webhookName } from './webhooks/body.js'
import type { World } from './world.js'

let world: World
let app: Listener

const jwt = (): string => {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 30, exp: now + 500, iss: world.env().APP_ID })}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(world.env().PRIVATE_KEY, 'base64url')}`
}

beforeEach(async () => {
  world = await aWorld().withTeam('leads', ['lena']).withEnvironment('production')
  app = await Listener.to(world)
})

afterEach(async () => {
  await app.close()
  await world.close()
})

test('every event that the world sends is signed and as GitHub describes it', async () => {
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.pushes(pull)
  await world.forcePushes(pull)
  await world.labels(pull, 'risky')
  await world.labels(pull, 'risky', { on: false })
  await world.drafts(pull)
  await world.drafts(pull, false)
  await world.edits(pull, { by: 'dev', title: 'Better' })
  await world.pushesTo('develop')
  await world.retargets(pull, 'develop')
  await world.retargets(pull, 'main')
  const review = await world.approves(pull, { by: 'lena' })
  await world.editsReview(review, { by: 'lena', body: 'Hm' })
  await world.dismisses(review)
  const thread = await world.opensThread(pull, { by: 'leo' })
  await world.resolves(thread, { by: 'leo' })
  await world.resolves(thread, { by: 'leo', resolved: false })
  const comment = await world.comments(pull, { by: 'dora', body: '/gates' })
  await world.editsComment(comment, { by: 'bob', body: '/approve' })
  await world.deletesComment(comment, { by: 'dora' })
  const check = await world.reportsCheck(pull, { name: 'release-gates/merge', app: 'release-gates' })
  await world.clicksButton(check, 'approve', { by: 'lena' })
  await world.rerequests(check, { by: 'lena' })
  await world.setsStatus(pull, { context: 'ci', state: 'success' })
  await world.enablesAutoMerge(pull, { by: 'dev' })
  await world.enablesAutoMerge(pull, { by: 'dev', method: null })
  await world.closes(pull, { by: 'dev' })
  await world.reopens(pull, { by: 'dev' })
  await world.enqueues(pull, { by: 'cora' })
  await world.dequeues(pull, { by: 'cora' })
  await world.mergesQueueUpTo(await world.enqueues(pull, { by: 'cora' }))
  await world.tags('v1', 'main')
  await world.deletesBranch('develop')
  const run = await world.runsWorkflow({ jobs: [{ name: 'build' }, { name: 'deploy', environment: 'production' }] })
  await world.createsEnvironment('staging', { gated: false, reviewers: ['lena'] })
  const second = await world.runsWorkflow({ jobs: [{ name: 'deploy', environment: 'staging' }] })
  await world.reviewsDeployment(second, 'staging', { by: 'lena' })
  await world.startsAllWaitingJobs(run)
  await world.finishesJob(run, 'build')
  await world.finishesJob(run, 'deploy')
  const deployment = await world.createsDeployment({ by: 'dan' })
  await world.setsDeploymentStatus(deployment, { by: 'dan', state: 'success' })
  await world.protects('main', { approvals: 1, admins: true })
  await world.protects('main', { approvals: 2 })
  await world.unprotects('main')
  const ruleset = await world.addsRuleset({ name: 'strict', rules: [{ type: 'deletion' }] })
  await world.editsRuleset(ruleset, { enforcement: 'disabled' })
  await world.removesRuleset(ruleset)
  await world.addsRuleset({ name: 'wide', of: 'organisation', rules: [{ type: 'deletion' }] })
  await world.joinsTeam('leo', 'leads')
  await world.leavesTeam('leo', 'leads')
  await world.renamesTeam('leads', 'development-leads')
  await world.deletesTeam('development-leads')
  await world.joinsOrganisation('eve')
  await world.leavesOrganisation('eve')
  await world.hasRole('bob', 'admin')
  await world.hasRole('bob', null)
  await world.createsRepository('other')
  await world.changesDefaultBranch('main')
  await world.publishes()
  await world.archives()
  await world.installsOn(['acme/shop'])
  await world.installsOn(null)
  await world.grants({ issues: 'read' })
  await world.suspendsApp()
  await world.suspendsApp(false)

  const wrong = world.webhooks.delivered.flatMap(({ happening, body }) =>
    problemsWith(description().webhooks[webhookName(happening)] ?? {}, body).map(
      (problem) => `${webhookName(happening)} ${problem}`,
    ),
  )
  // GitHub's list of an app's events lags behind its events.
  expect([...new Set(wrong)].filter((problem) => !problem.includes('/app/events/'))).toEqual([])
  expect(app.heard.filter(({ genuine }) => !genuine)).toEqual([])
  expect(new Set(app.names)).toEqual(
    new Set(app.names.filter((name) => description().webhooks[name.replace('.', '-').replaceAll('_', '-')])),
  )
  expect(app.names).toEqual(
    expect.arrayContaining([
      'pull_request.opened',
      'pull_request.synchronize',
      'pull_request.edited',
      'pull_request.enqueued',
      'pull_request.closed',
      'pull_request_review.dismissed',
      'issue_comment.edited',
      'check_run.requested_action',
      'check_run.rerequested',
      'status',
      'push',
      'create',
      'delete',
      'merge_group.checks_requested',
      'merge_group.destroyed',
      'workflow_run.completed',
      'workflow_job.waiting',
      'deployment_protection_rule.requested',
      'deployment_status.created',
      'membership.removed',
      'team.edited',
      'organization.member_removed',
      'repository_ruleset.created',
      'branch_protection_rule.edited',
      'installation.suspend',
    ]),
  )
}, 120_000)

test('the request of a deployment names its run only in the callback address', async () => {
  const run = await world.runsWorkflow({ by: 'dan', jobs: [{ name: 'deploy', environment: 'production' }] })
  const { body } = app.heard.find(({ event }) => event === 'deployment_protection_rule') ?? { body: {} }
  expect(body).toMatchObject({
    environment: 'production',
    event: 'push',
    sha: run.headSha,
    ref: 'main',
    deployment_callback_url: `${world.origin}/api/v3/repos/acme/shop/actions/runs/${run.id}/deployment_protection_rule`,
    sender: { login: 'dan' },
  })
  expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['workflow_run']))
})

test('a lost delivery is listed and can be redelivered with its GUID', async () => {
  world.webhooks.lose(1, 'pull_request')
  await world.opensPullRequest()
  expect(app.names).not.toContain('pull_request.opened')
  const github = asking(world, jwt())
  const { body } = await github.ask('GET /app/hook/deliveries?status=failure')
  const [lost] = body as readonly { readonly id: number; readonly guid: string; readonly event: string }[]
  expect(lost).toMatchObject({ event: 'pull_request', status_code: 0 })
  expect((await github.ask(`POST /app/hook/deliveries/${lost?.id}/attempts`)).status).toBe(202)
  await world.settled()
  expect(app.heard.find(({ event }) => event === 'pull_request')?.guid).toBe(lost?.guid)
})

test('a doubled delivery arrives twice with one GUID', async () => {
  world.webhooks.double(1, 'pull_request')
  await world.opensPullRequest()
  const guids = app.heard.filter(({ event }) => event === 'pull_request').map(({ guid }) => guid)
  expect(guids).toHaveLength(2)
  expect(new Set(guids).size).toBe(1)
})

test('held deliveries come when they are released, the last first where asked', async () => {
  world.webhooks.hold()
  const pull = await world.opensPullRequest()
  await world.closes(pull, { by: 'dev' })
  expect(app.heard).toEqual([])
  await world.webhooks.release('reversed')
  expect(app.names.filter((name) => name.startsWith('pull_request'))).toEqual([
    'pull_request.closed',
    'pull_request.opened',
  ])
})

test('an app that is down makes failed deliveries, not a broken world', async () => {
  world.sendsWebhooksTo('http://127.0.0.1:1/api/github/webhooks')
  await world.opensPullRequest()
  expect(world.webhooks.delivered.at(-1)).toMatchObject({ statusCode: 0 })
})
