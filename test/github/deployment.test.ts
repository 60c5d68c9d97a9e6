import { expect, test } from '@jest/globals'
import type { ReaderRecords, Repository } from '../../src/gatekeeper/ports.js'
import { ask, factFor, type Fact, type Question } from '../../src/policy/facts.js'
import { workflowPath } from '../../src/github/readers/workflows.js'
import type { World } from '../world/world.js'
import { aWorld } from '../world/world.js'
import { gatewayFor } from './gateway-for.js'

const WORKFLOW = '.github/workflows/deploy.yml'
const deploy = { jobs: [{ name: 'deploy', environment: 'production' }] } as const
const aSite = () =>
  aWorld()
    .withEnvironment('production')
    .withFiles({ [WORKFLOW]: 'on: push\n' })

type Run = Awaited<ReturnType<World['runsWorkflow']>>

interface Asked {
  readonly records?: Partial<ReaderRecords>
  readonly recordedTip?: string | null
  readonly environment?: string
}

/** One fact of a run that asks to enter an environment. */
const factOf = async <T>(world: World, run: Run, question: Question<T>, asked: Asked = {}): Promise<Fact<T>> => {
  const { repository } = await gatewayFor(world, { records: asked.records ?? {} })
  return ofRun(repository, run.id, question, asked)
}

const ofRun = async <T>(repository: Repository, run: number, question: Question<T>, asked: Asked): Promise<Fact<T>> => {
  const subject = {
    kind: 'deployment',
    environment: asked.environment ?? 'production',
    run: await repository.run(run),
    requestedAt: 5,
    recordedTip: asked.recordedTip ?? null,
  } as const
  return factFor(await repository.facts(subject, [question], 0, { fresh: true }), question)
}

test('a run from a branch is told with its ref, its starter and its workflow', async () => {
  const world = await aSite()
  const run = await world.runsWorkflow({ by: 'dora', ...deploy })
  expect(await factOf(world, run, ask.deployment)).toMatchObject({
    known: true,
    value: {
      environment: 'production',
      sha: world.tip(),
      ref: 'refs/heads/main',
      sameNamedRef: false,
      reachable: true,
      event: 'push',
      by: { login: 'dora' },
      startedBy: { login: 'dora' },
      attempt: 1,
      workflow: { path: WORKFLOW, sameAsDefault: true },
      fork: false,
      requestedAt: 5,
      releaseNotes: null,
    },
  })
  await world.close()
})

test('whoever runs it again started this attempt', async () => {
  const world = await aSite()
  const run = await world.runsWorkflow({ by: 'dora', ...deploy })
  await world.rerunsWorkflow(run, { by: 'bob' })
  expect(await factOf(world, run, ask.deployment)).toMatchObject({
    value: { attempt: 2, by: { login: 'bob' }, startedBy: { login: 'dora' } },
  })
  await world.close()
})

test('nobody starts a schedule', async () => {
  const world = await aSite()
  const run = await world.runsWorkflow({ by: 'dora', event: 'schedule', ...deploy })
  expect(await factOf(world, run, ask.deployment)).toMatchObject({ value: { by: null, startedBy: null } })
  await world.close()
})

test('a branch and a tag of one name cannot be told apart', async () => {
  const world = await aSite()
  await world.tags('main', world.tip())
  const run = await world.runsWorkflow(deploy)
  expect(await factOf(world, run, ask.deployment)).toMatchObject({ value: { sameNamedRef: true } })
  await world.close()
})

test('a branch that calls itself refs/heads/main stays suspicious', async () => {
  const world = await aSite()
  await world.setsBranch('refs/heads/main', world.tip())
  const run = await world.runsWorkflow({ ref: 'refs/heads/refs/heads/main', ...deploy })
  expect(await factOf(world, run, ask.deployment)).toMatchObject({
    value: { ref: 'refs/heads/refs/heads/main', sameNamedRef: true },
  })
  await world.close()
})

test('a tag brings its release notes, and is peeled to its commit', async () => {
  const world = await aSite()
  await world.tags('v1', world.tip(), { message: 'annotated' })
  await world.releases('v1', { body: '# Rollback plan\nRun it backwards.' })
  const run = await world.runsWorkflow({ event: 'release', ref: 'refs/tags/v1', ...deploy })
  expect(await factOf(world, run, ask.deployment)).toMatchObject({
    value: { ref: 'refs/tags/v1', reachable: true, releaseNotes: '# Rollback plan\nRun it backwards.' },
  })
  await world.close()
})

test('a commit that the branch no longer has is not reachable', async () => {
  const world = await aSite()
  const before = world.tip()
  const run = await world.runsWorkflow(deploy)
  await world.pushesTo('main', { by: 'bob', force: true })
  await world.setsBranch('main', before)
  await world.pushesTo('main', { by: 'bob' })
  expect(await factOf(world, run, ask.deployment)).toMatchObject({ value: { reachable: true } })
  const side = await world.pushesTo('side', { by: 'bob', files: { 'evil.ts': 'evil\n' } })
  const stray = await world.runsWorkflow({ sha: side.sha, ...deploy })
  expect(await factOf(world, stray, ask.deployment)).toMatchObject({
    value: { ref: 'refs/heads/main', reachable: false },
  })
  await world.close()
})

test('a workflow that was changed on the branch is not the default branch’s', async () => {
  const world = await aSite()
  await world.pushesTo('side', { by: 'bob', files: { [WORKFLOW]: 'on: push # and more\n' } })
  const run = await world.runsWorkflow({ ref: 'side', ...deploy })
  expect(await factOf(world, run, ask.deployment)).toMatchObject({ value: { workflow: { sameAsDefault: false } } })
  await world.close()
})

test('code from a fork is told as a fork’s', async () => {
  const world = await aSite()
  const run = await world.runsWorkflow({ fromFork: 'bob', by: 'bob', event: 'pull_request', ...deploy })
  expect(await factOf(world, run, ask.deployment)).toMatchObject({ value: { fork: true } })
  await world.close()
})

test.each([
  ['.github/workflows/release.yml', '.github/workflows/release.yml'],
  ['.github/workflows/release.yml@main', '.github/workflows/release.yml'],
  ['.github/workflows/release.yml@refs/heads/a@b', '.github/workflows/release.yml'],
  ['.github/workflows/release.yml@x.yml', '.github/workflows/release.yml@x.yml'],
  ['.github/workflows/release.yml@x.yml@main', '.github/workflows/release.yml@x.yml'],
])('%s runs the file %s', (path, file) => {
  expect(workflowPath(path)).toBe(file)
})

test('what ships begins at the last release that GitHub Actions reports to have succeeded', async () => {
  const world = await aSite()
  const first = await world.runsWorkflow(deploy)
  await world.finishesJob(first, 'deploy')
  const released = world.tip()
  const next = await world.pushesTo('main', { by: 'bob' })
  const run = await world.runsWorkflow(deploy)
  expect(await factOf(world, run, ask.ships('a-since-that-is-not-needed'))).toMatchObject({
    value: { since: released, commits: [{ sha: next.sha, change: null }] },
  })
  await world.close()
})

test('a deployment that a person says succeeded does not shorten what ships', async () => {
  const world = await aSite()
  const base = world.tip()
  const evil = await world.pushesTo('main', { by: 'bob' })
  const forged = await world.createsDeployment({ by: 'bob', environment: 'production', sha: evil.sha, ref: evil.sha })
  await world.setsDeploymentStatus(forged, { by: 'bob', state: 'success' })
  await world.pushesTo('main', { by: 'dev' })
  const run = await world.runsWorkflow(deploy)
  const ships = await factOf(world, run, ask.ships(), { recordedTip: base })
  expect(ships).toMatchObject({ value: { since: base } })
  expect(ships.known ? ships.value.commits.map(({ sha }) => sha) : []).toContain(evil.sha)
  await world.close()
})

test('one that we approved for its deployer counts though a person reports it', async () => {
  const world = await aSite()
  const sha = world.tip()
  const made = await world.createsDeployment({ by: 'dora', environment: 'production', sha, ref: 'main' })
  await world.setsDeploymentStatus(made, { by: 'dora', state: 'success' })
  await world.pushesTo('main', { by: 'dev' })
  const run = await world.runsWorkflow(deploy)
  const approvedRuns = async () => [{ run: null, attempt: null, sha, at: world.clock.now(), settled: true }]
  expect(await factOf(world, run, ask.ships(), { records: { approvedRuns } })).toMatchObject({ value: { since: sha } })
  await world.close()
})

test('without a release, a since or a tip on record, where what ships begins is not known', async () => {
  const world = await aSite()
  const run = await world.runsWorkflow(deploy)
  expect(await factOf(world, run, ask.ships())).toMatchObject({ known: true, value: { since: null, commits: [] } })
  await world.close()
})

test('a release is told with how it stands to the judged commit, and whether it came through us', async () => {
  const world = await aSite()
  const old = world.tip()
  const first = await world.runsWorkflow(deploy)
  await world.finishesJob(first, 'deploy')
  const newer = await world.pushesTo('main', { by: 'dev' })
  const second = await world.runsWorkflow(deploy)
  await world.finishesJob(second, 'deploy')
  const again = await world.runsWorkflow({ sha: old, ...deploy })
  const approvedRuns: ReaderRecords['approvedRuns'] = async () => [
    { run: first.id, attempt: 1, sha: old, at: world.clock.now(), settled: true },
  ]
  const rejectedAt: ReaderRecords['rejectedAt'] = async (_, __, sha) => (sha === old ? 7 : null)
  expect(await factOf(world, again, ask.released, { records: { approvedRuns, rejectedAt } })).toMatchObject({
    value: [
      { sha: old, state: 'success', throughUs: true, contains: true, contained: true, rejectedAt: 7 },
      { sha: newer.sha, state: 'success', throughUs: false, contains: true, contained: false, rejectedAt: null },
    ],
  })
  await world.close()
})

test('an approval that came after the success does not make it ours', async () => {
  const world = await aSite()
  const sha = world.tip()
  const first = await world.runsWorkflow(deploy)
  await world.finishesJob(first, 'deploy')
  const approvedRuns = async () => [{ run: 1, attempt: 1, sha, at: world.clock.now() + 61_000, settled: true }]
  await world.pushesTo('main', { by: 'dev' })
  const run = await world.runsWorkflow(deploy)
  expect(await factOf(world, run, ask.released, { records: { approvedRuns } })).toMatchObject({
    value: [{ throughUs: false }],
  })
  await world.close()
})

test('the judged commit’s release to another environment is told too', async () => {
  const world = await aSite().withEnvironment('staging')
  const first = await world.runsWorkflow({ jobs: [{ name: 'deploy', environment: 'staging' }] })
  await world.finishesJob(first, 'deploy')
  const run = await world.runsWorkflow(deploy)
  expect(await factOf(world, run, ask.released)).toMatchObject({
    value: [{ environment: 'staging', state: 'success' }],
  })
  await world.close()
})

test('a deployment that was moved to another environment did not come through us there', async () => {
  const world = await aSite().withEnvironment('staging')
  const sha = world.tip()
  const made = await world.createsDeployment({ by: 'bob', environment: 'sandbox', sha, ref: 'main' })
  await world.setsDeploymentStatus(made, { by: 'bob', state: 'success', environment: 'staging' })
  const run = await world.runsWorkflow(deploy)
  const approvedRuns = async () => [{ run: 1, attempt: 1, sha, at: 0, settled: true }]
  const released = await factOf(world, run, ask.released, { records: { approvedRuns } })
  expect(released).toMatchObject({ value: [{ environment: 'staging', throughUs: false }] })
  await world.close()
})

test('another run that runs holds this one up; this one and one that waits do not', async () => {
  const world = await aSite()
  const other = await world.runsWorkflow(deploy)
  const run = await world.runsWorkflow(deploy)
  expect(await factOf(world, run, ask.running)).toMatchObject({ value: [] })
  await world.startsAllWaitingJobs(other)
  expect(await factOf(world, run, ask.running)).toMatchObject({
    value: [{ environment: 'production', sha: other.headSha }],
  })
  await world.finishesJob(other, 'deploy')
  expect(await factOf(world, run, ask.running)).toMatchObject({ value: [] })
  await world.close()
})

test('our own lock holds up every run but its holder', async () => {
  const world = await aSite()
  const run = await world.runsWorkflow(deploy)
  const locks = (holder: string) => async () => [{ environment: 'Production', holder, sha: 'abc', at: 1 }]
  expect(await factOf(world, run, ask.running, { records: { locks: locks(`run/${run.id}/1`) } })).toMatchObject({
    value: [],
  })
  expect(await factOf(world, run, ask.running, { records: { locks: locks(`run/${run.id}9/1`) } })).toMatchObject({
    value: [{ sha: 'abc' }],
  })
  await world.close()
})

test('files beyond GitHub’s comparison are joined from the commits, none missed', async () => {
  const world = await aSite()
  const first = await world.runsWorkflow(deploy)
  await world.finishesJob(first, 'deploy')
  const many = (from: number) =>
    Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`src/${from + index}.ts`, 'a\n']))
  await world.pushesTo('main', { by: 'dev', files: many(0) })
  await world.pushesTo('main', { by: 'dev', files: many(200) })
  const run = await world.runsWorkflow(deploy)
  const files = await factOf(world, run, ask.files)
  expect(files.known ? files.value.length : files.reason).toBe(400)
  await world.close()
})
