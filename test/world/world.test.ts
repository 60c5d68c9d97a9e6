import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { aWorld } from './world.js'
import { asking } from './github.js'
import type { World } from './world.js'

let world: World
let github: ReturnType<typeof asking>

beforeEach(async () => {
  world = await aWorld()
    .withTeam('leads', ['lena'])
    .withTeam('seniors', ['leo'], { parent: 'leads' })
    .withEnvironment('production')
  github = asking(world)
})

afterEach(async () => {
  await world.close()
})

test('a completed check run stays completed after a PATCH', async () => {
  const head_sha = world.tip()
  const { body } = await github.ask('POST /repos/acme/shop/check-runs', {
    name: 'release-gates/merge',
    head_sha,
    status: 'completed',
    conclusion: 'success',
  })
  const { id } = body as { readonly id: number }
  const reopened = await github.ask(`PATCH /repos/acme/shop/check-runs/${id}`, { status: 'in_progress' })
  expect(reopened).toMatchObject({ status: 200, body: { status: 'completed', conclusion: 'success' } })
  await github.ask('POST /repos/acme/shop/check-runs', { name: 'release-gates/merge', head_sha, status: 'in_progress' })
  expect(await world.check(head_sha, 'release-gates/merge')).toMatchObject({ status: 'in_progress', conclusion: null })
})

test('a page is 30 unless asked, and says where the next one is', async () => {
  for (let count = 0; count < 31; count += 1) await world.opensPullRequest()
  const first = await github.ask('GET /repos/acme/shop/pulls')
  expect(first.body).toHaveLength(30)
  expect(first.headers.get('link')).toContain('rel="next"')
  expect((await github.ask('GET /repos/acme/shop/pulls?per_page=100')).body).toHaveLength(31)
})

test('a violation fails close', async () => {
  const careless = await aWorld()
  await asking(careless).ask('GET /repos/acme/shop/pulls?stat=all')
  await asking(careless).ask('POST /repos/acme/shop/check-runs', {
    name: 'x',
    head_sha: careless.tip(),
    colour: 'green',
  })
  await asking(careless).ask('GET /repos/acme/shop/nothing')
  await expect(careless.close()).rejects.toThrow(/query parameter stat[\s\S]*colour[\s\S]*does not serve this/)
})

test('child team members are inherited', async () => {
  expect((await github.ask('GET /orgs/acme/teams/leads/members')).body).toMatchObject([
    { login: 'lena', inherited: false },
    { login: 'leo', inherited: true },
  ])
  expect((await github.ask('GET /orgs/acme/teams/leads/memberships/leo')).body).toMatchObject({ state: 'active' })
})

test('an invited member is pending and in no list', async () => {
  await world.joinsTeam('dora', 'leads', { state: 'pending' })
  expect((await github.ask('GET /orgs/acme/teams/leads/memberships/dora')).body).toMatchObject({ state: 'pending' })
  expect((await github.ask('GET /orgs/acme/teams/leads/members')).body).toHaveLength(2)
})

test('a renamed team leaves its slug to another', async () => {
  const before = world.team('leads').id
  await world.renamesTeam('leads', 'Old leads')
  await world.createsTeam('leads', ['bob'])
  expect((await github.ask('GET /orgs/acme/teams/leads')).body).not.toMatchObject({ id: before })
  expect((await github.ask('GET /orgs/acme/teams/old-leads')).body).toMatchObject({ id: before })
})

test('merge and squash are signed by GitHub, a rebase is not', async () => {
  const merged = async (method: 'merge' | 'squash' | 'rebase') => {
    const sha = await world.merges(await world.opensPullRequest({ by: 'dev' }), { by: 'lena', method })
    return world.repository().store.commit(sha)
  }
  expect(await merged('merge')).toMatchObject({
    signedByGitHub: true,
    committer: { email: 'noreply@github.com' },
    author: { name: 'Lena' },
  })
  expect(await merged('squash')).toMatchObject({
    signedByGitHub: true,
    parents: { length: 1 },
    author: { name: 'Dev' },
  })
  expect(await merged('rebase')).toMatchObject({ signedByGitHub: false, verified: false, committer: { name: 'Lena' } })
})

test('a pull request whose head is already in its base shows as merged', async () => {
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.forcePushes(pull, { to: world.tip() })
  expect((await github.ask(`GET /repos/acme/shop/pulls/${pull.number}`)).body).toMatchObject({
    merged: true,
    merged_by: { login: 'dev' },
  })
})

test('a gated job waits until the app approves, and then runs', async () => {
  const run = await world.runsWorkflow({ jobs: [{ name: 'build' }, { name: 'deploy', environment: 'production' }] })
  const status = () => world.job(run, 'deploy').check.status
  expect(status()).toBe('waiting')
  const rule = `POST /repos/acme/shop/actions/runs/${run.id}/deployment_protection_rule`
  expect((await github.ask(rule, { environment_name: 'production', comment: 'Waiting for Lena' })).status).toBe(204)
  expect(status()).toBe('waiting')
  expect((await github.ask(rule, { environment_name: 'production', state: 'approved', comment: '' })).status).toBe(204)
  expect(status()).toBe('in_progress')
  expect(await world.answers(run)).toMatchObject([{ state: null, comment: 'Waiting for Lena' }, { state: 'approved' }])
  expect((await github.ask(rule, { environment_name: 'production', state: 'approved' })).status).toBe(422)
})

test('a rejected deployment fails the run, and a re-run asks again', async () => {
  const run = await world.runsWorkflow({ jobs: [{ name: 'deploy', environment: 'production' }] })
  const rule = `POST /repos/acme/shop/actions/runs/${run.id}/deployment_protection_rule`
  await github.ask(rule, { environment_name: 'production', state: 'rejected', comment: 'No' })
  expect(world.attempt(run)).toMatchObject({ status: 'completed', conclusion: 'failure' })
  await world.rerunsWorkflow(run, { by: 'bob' })
  expect(world.attempt(run)).toMatchObject({ number: 2, status: 'waiting', triggeringActor: { login: 'bob' } })
  expect((await github.ask(`GET /repos/acme/shop/actions/runs/${run.id}/attempts/1`)).body).toMatchObject({
    run_attempt: 1,
    conclusion: 'failure',
  })
})

test('an environment takes ten reports of 1,024 characters and no more', async () => {
  const run = await world.runsWorkflow({ jobs: [{ name: 'deploy', environment: 'production' }] })
  const report = (comment: string) =>
    github.ask(`POST /repos/acme/shop/actions/runs/${run.id}/deployment_protection_rule`, {
      environment_name: 'production',
      comment,
    })
  expect((await report('x'.repeat(1025))).status).toBe(422)
  for (let count = 0; count < 10; count += 1) expect((await report('x'.repeat(1024))).status).toBe(204)
  expect((await report('one more')).status).toBe(422)
})

test('an admin bypass starts the job without an answer', async () => {
  const run = await world.runsWorkflow({ jobs: [{ name: 'deploy', environment: 'production' }] })
  await world.startsAllWaitingJobs(run)
  expect(world.job(run, 'deploy').check.status).toBe('in_progress')
  expect(await world.answers(run)).toEqual([])
  expect((await github.ask(`GET /repos/acme/shop/actions/runs/${run.id}/approvals`)).body).toEqual([])
})

test('an environment that a workflow names comes to exist, bare', async () => {
  await world.runsWorkflow({ jobs: [{ name: 'deploy', environment: 'prod' }] })
  expect((await github.ask('GET /repos/acme/shop/environments/prod/deployment_protection_rules')).body).toMatchObject({
    total_count: 0,
  })
  expect((await github.ask('GET /repos/acme/shop/environments/prod')).body).toMatchObject({
    can_admins_bypass: true,
    protection_rules: [],
  })
})

test('bypass actors of a ruleset are shown only to who may write it', async () => {
  const { id } = await world.addsRuleset({
    name: 'strict',
    rules: [{ type: 'deletion' }],
    bypass: [{ actor_type: 'User', actor_id: 101, bypass_mode: 'exempt' }],
  })
  expect((await github.ask(`GET /repos/acme/shop/rulesets/${id}`)).body).not.toHaveProperty('bypass_actors')
  await world.grants({ administration: 'write' })
  expect((await asking(world).ask(`GET /repos/acme/shop/rulesets/${id}`)).body).toMatchObject({
    bypass_actors: [{ actor_id: 101, bypass_mode: 'exempt' }],
  })
})

test('a missing permission is 403, a hidden repository 404, an expired token 401', async () => {
  await world.createsRepository('secret')
  await world.grants({ administration: null })
  await world.installsOn(['acme/shop'])
  const fresh = asking(world)
  expect((await fresh.ask('GET /repos/acme/shop/branches/main/protection')).status).toBe(403)
  expect((await fresh.ask('GET /repos/acme/secret')).status).toBe(404)
  world.github.expiresTokens()
  expect((await fresh.ask('GET /repos/acme/shop')).status).toBe(401)
})

test('required reviews that went stale are dismissed where the branch says so', async () => {
  await world.protects('main', { approvals: 1, dismissStale: true })
  const pull = await world.opensPullRequest({ by: 'dev' })
  const review = await world.approves(pull, { by: 'lena' })
  await world.pushes(pull)
  expect(review.state).toBe('DISMISSED')
})

test('trouble comes as asked, as often as asked, and every call is on record', async () => {
  world.github.fails({ path: /reviews/, status: 502, times: 1 })
  world.github.fails({ path: /\/acme\/shop$/, rateLimit: 'primary' })
  world.github.fails({ path: /\/acme\/shop$/, rateLimit: 'secondary', status: 429, retryAfter: 7 })
  const pull = await world.opensPullRequest()
  const reviews = `GET /repos/acme/shop/pulls/${pull.number}/reviews`
  expect((await github.ask(reviews)).status).toBe(502)
  expect((await github.ask(reviews)).status).toBe(200)
  const limited = await github.ask('GET /repos/acme/shop')
  expect([limited.status, limited.headers.get('x-ratelimit-remaining')]).toEqual([403, '0'])
  const slowed = await github.ask('GET /repos/acme/shop')
  expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, '7'])
  expect(world.github.requests.map(({ method, status }) => `${method} ${status}`)).toEqual([
    'GET 502',
    'GET 200',
    'GET 403',
    'GET 429',
  ])
  expect(world.github.requests[0]).toMatchObject({ installation: world.installation.id })
})

test('what is spent is spent until the hour is over', async () => {
  world.github.budget(2)
  const asks = async () => {
    const { status, headers } = await github.ask('GET /repos/acme/shop')
    return [status, headers.get('x-ratelimit-remaining'), headers.get('x-ratelimit-reset')]
  }
  const reset = String(world.clock.now() / 1000 + 3600)
  expect(await asks()).toEqual([200, '1', reset])
  world.clock.advance('59m')
  expect(await asks()).toEqual([200, '0', reset])
  expect(await asks()).toEqual([403, '0', reset])
  world.clock.advance('1m')
  expect((await asks()).slice(0, 2)).toEqual([200, '1'])
})

test('a connection can break, and an answer can end in the middle', async () => {
  world.github.fails({ connection: 'reset' })
  await expect(github.ask('GET /repos/acme/shop')).rejects.toThrow()
  world.github.fails({ connection: 'half' })
  await expect(github.ask('GET /repos/acme/shop')).rejects.toThrow('terminated')
})

test.each(['half', 'lost'] as const)('what GitHub took is done, though its reply is lost: %s', async (connection) => {
  const run = await world.runsWorkflow({ by: 'dev', jobs: [{ name: 'deploy', environment: 'production' }] })
  const answer = { environment_name: 'production', state: 'approved', comment: 'go' }
  world.github.fails({ method: 'POST', connection })
  const post = 'POST /repos/acme/shop/actions/runs/{run}/deployment_protection_rule'.replace('{run}', String(run.id))
  await expect(github.ask(post, answer)).rejects.toThrow('fetch failed')
  expect(run.answers).toMatchObject([{ state: 'approved' }])
})

test('time stands still until it is moved, and GitHub dates its answers with it', async () => {
  expect((await github.ask('GET /repos/acme/shop')).headers.get('date')).toBe('Mon, 02 Mar 2026 09:00:00 GMT')
  world.clock.advance('1h30m')
  expect((await github.ask('GET /repos/acme/shop')).headers.get('date')).toBe('Mon, 02 Mar 2026 10:30:00 GMT')
})

test('signing in gives a token that is the person', async () => {
  world.signsIn('lena')
  const { GITHUB_CLIENT_ID: client_id, GITHUB_CLIENT_SECRET: client_secret } = world.env()
  const page = await fetch(
    `${world.origin}/login/oauth/authorize?client_id=${client_id}&state=s&redirect_uri=http%3A%2F%2Fgates.test%2Fback`,
    { redirect: 'manual' },
  )
  const code = new URL(page.headers.get('location') ?? '').searchParams.get('code')
  const answer = await fetch(`${world.origin}/login/oauth/access_token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id, client_secret, code }),
  })
  const { access_token } = (await answer.json()) as { readonly access_token: string }
  expect((await asking(world, access_token).ask('GET /user')).body).toMatchObject({ login: 'lena', id: 102 })
})
