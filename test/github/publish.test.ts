import { expect, test } from '@jest/globals'
import { Unreadable, type CheckToPost } from '../../src/gatekeeper/ports.js'
import { cut } from '../../src/github/publish/cut.js'
import { aWorld } from '../world/world.js'
import { gatewayFor, jsonReply, urlOf } from './gateway-for.js'

const check = (sha: string, more: Partial<CheckToPost> = {}): CheckToPost => ({
  name: 'release-gates/merge',
  sha,
  conclusion: null,
  title: 'Waiting for 1 approval',
  summary: 'Lena can approve.',
  externalId: 'digest',
  ...more,
})

/** GitHub, listing check runs the other way round. */
const backwards: typeof fetch = async (input, init) => {
  const reply = await fetch(input, init)
  if (!urlOf(input).includes('/check-runs')) return reply
  const body = (await reply.json()) as { check_runs: unknown[] }
  return jsonReply(200, { ...body, check_runs: [...body.check_runs].reverse() })
}

test('a check run is posted open or ended, never neutral', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  const sha = world.tip()
  for (const [conclusion, status] of [
    [null, 'in_progress'],
    ['success', 'completed'],
    ['failure', 'completed'],
  ] as const) {
    const id = await repository.postCheck(check(sha, { conclusion }))
    expect(await repository.checkById(id)).toMatchObject({
      id,
      sha,
      own: true,
      status,
      conclusion,
      externalId: 'digest',
    })
  }
  await world.close()
})

test('the newest check run is this app’s own of the highest id, whoever else uses its name', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  const sha = world.tip()
  await repository.postCheck(check(sha, { conclusion: 'success' }))
  const newest = await repository.postCheck(check(sha))
  const forged = await world.reportsCheck(sha, { name: 'release-gates/merge', conclusion: 'success' })
  expect(await repository.newestCheck(sha, 'release-gates/merge')).toMatchObject({ id: newest, status: 'in_progress' })
  expect(await repository.newestCheck(sha, 'release-gates/push')).toBeNull()
  const reversed = await gatewayFor(world, { fetch: backwards })
  expect(await reversed.repository.newestCheck(sha, 'release-gates/merge')).toMatchObject({ id: newest })
  expect(await repository.checkById(forged.id)).toMatchObject({ own: false })
  await world.close()
})

test('what is too long is cut to what GitHub takes, and every annotation arrives', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  const id = await repository.postCheck(
    check(world.tip(), {
      conclusion: 'failure',
      title: 'x'.repeat(300),
      summary: 'y'.repeat(70_000),
      annotations: Array.from({ length: 120 }, (_, line) => ({
        path: 'a.yml',
        line: line + 1,
        endLine: line + 1,
        level: 'failure' as const,
        message: 'no',
      })),
    }),
  )
  const sent = world.github.requests.filter(({ path }) => path.includes('/check-runs'))
  const annotations = sent.map(({ body }) => (body as { output: { annotations: unknown[] } }).output.annotations.length)
  expect(annotations).toEqual([50, 50, 20])
  const [shown] = await world.checks(world.tip())
  expect(shown).toMatchObject({ id, title: `${'x'.repeat(139)}…` })
  expect(shown?.summary).toHaveLength(65_535)
  await world.close()
})

test('an open check run is changed in place, and one that has ended is said not to be', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  const id = await repository.postCheck(check(world.tip()))
  const green = check(world.tip(), { conclusion: 'success', title: 'Allowed', externalId: 'next' })
  expect(await repository.updateCheck(id, green)).toBe(true)
  expect(await repository.checkById(id)).toMatchObject({ conclusion: 'success', externalId: 'next' })
  expect(await repository.updateCheck(id, check(world.tip()))).toBe(false)
  await world.close()
})

test('a run of which one job runs while another waits is among those that wait', async () => {
  const world = await aWorld().withEnvironment('production')
  const jobs = [{ name: 'long' }, { name: 'deploy', environment: 'production' }]
  const run = await world.runsWorkflow({ by: 'dev', jobs })
  expect(world.attempt(run).status).toBe('in_progress')
  const { repository } = await gatewayFor(world)
  expect(await repository.waitingRuns()).toEqual([run.id])
  await world.close()
})

test('a report decides nothing, an answer does, both for one run and environment', async () => {
  const world = await aWorld().withEnvironment('production')
  const run = await world.runsWorkflow({ by: 'dev', jobs: [{ name: 'deploy', environment: 'production' }] })
  const { repository } = await gatewayFor(world)
  expect(await repository.pending(run.id)).toEqual(['production'])
  expect(await repository.waitingRuns()).toEqual([run.id])
  await repository.report(run.id, 'production', 'z'.repeat(2_000))
  expect(await repository.pending(run.id)).toEqual(['production'])
  await repository.answer(run.id, 'production', 'approved', 'Allowed.')
  expect(await repository.pending(run.id)).toEqual([])
  expect(await world.answers(run)).toMatchObject([
    { comment: `${'z'.repeat(1_023)}…` },
    { state: 'approved', comment: 'Allowed.' },
  ])
  await world.close()
})

test('an answer that GitHub does not take is an error, never silence', async () => {
  const world = await aWorld()
  const run = await world.runsWorkflow({ by: 'dev' })
  const { repository } = await gatewayFor(world)
  await expect(repository.answer(run.id, 'production', 'approved', 'Allowed.')).rejects.toBeInstanceOf(Unreadable)
  await world.close()
})

test('a page that comes instead of GitHub’s empty answer is no answer', async () => {
  const world = await aWorld()
  const page: typeof fetch = async () => new Response('<h1>Welcome</h1>', { headers: { 'content-type': 'text/html' } })
  const { repository } = await gatewayFor(world, { fetch: page })
  await expect(repository.answer(1, 'production', 'approved', 'Allowed.')).rejects.toMatchObject({
    name: 'Unreadable',
    status: null,
  })
  await world.close()
})

test('a write is sent once, also when GitHub is in trouble', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  world.github.fails({ method: 'POST', path: /check-runs/, status: 502, times: 5 })
  await expect(repository.postCheck(check(world.tip()))).rejects.toMatchObject({ status: 502 })
  expect(world.github.requests.filter(({ path }) => path.includes('/check-runs'))).toHaveLength(1)
  await world.close()
})

test('a deployment made through the API is told its state, in words that fit', async () => {
  const world = await aWorld()
  const made = await world.createsDeployment({ by: 'dora', environment: 'production', ref: 'main' })
  const { repository } = await gatewayFor(world)
  await repository.deploymentStatus(made.id, 'pending', 'w'.repeat(200))
  expect(await repository.apiDeployment(made.id)).toMatchObject({
    environment: 'production',
    originalEnvironment: 'production',
    creator: { login: 'dora' },
    byApp: null,
    state: 'pending',
    description: `${'w'.repeat(139)}…`,
  })
  await world.close()
})

test('a reply is a comment on the pull request', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const { repository } = await gatewayFor(world)
  const id = await repository.reply(pull.number, 'Who may: lena.', '4f2c')
  expect(await repository.comment(id)).toMatchObject({
    id,
    number: pull.number,
    body: 'Who may: lena.\n\n<!-- release-gates 4f2c -->',
    by: { kind: 'app' },
  })
  await world.close()
})

test('a reply is known again by its mark, and nobody else’s comment for it', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const { repository } = await gatewayFor(world)
  await world.comments(pull, { by: 'bob', body: 'Me too.\n\n<!-- release-gates 4f2c -->' })
  const since = world.clock.now()
  expect(await repository.replied(pull.number, '4f2c', since)).toBeNull()
  const id = await repository.reply(pull.number, `long ${'word '.repeat(20_000)}`, '4f2c')
  expect(await repository.replied(pull.number, '4f2c', since)).toBe(id)
  expect(await repository.replied(pull.number, '4f2d', since)).toBeNull()
  world.clock.advance('1m')
  expect(await repository.replied(pull.number, '4f2c', world.clock.now())).toBeNull()
  await world.close()
})

test('cutting never leaves half a character', () => {
  expect(cut('a😀b', 3)).toBe('a…')
  expect(cut('abc', 3)).toBe('abc')
})
