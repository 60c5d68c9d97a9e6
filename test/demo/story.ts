import type { World } from '../world/world.js'
import { shown, type Stage } from './stage.js'

const MERGE = 'release-gates/merge'
const PUSH = 'release-gates/push'
const DEPLOY = 'release-gates/deploy/production'

const green = async (world: World, sha: string) => {
  for (const name of ['test', 'security-scan']) await world.reportsCheck(sha, { name, conclusion: 'success' })
}

const short = (sha: string) => sha.slice(0, 7)

/** A change on its way from pull request to main. */
const merge = async (world: World, stage: Stage) => {
  stage.says('dev opens a pull request; test and security-scan are green')
  const pull = await world.opensPullRequest({
    by: 'dev',
    title: 'Free shipping above 50',
    files: { 'src/basket.ts': 'export const free = 50\n' },
  })
  await green(world, pull.headSha)
  await stage.sees(`${MERGE} waits`, () => stage.waits(pull, MERGE, /approval/i), shown)

  stage.says('bob, who is outside development-leads, approves')
  await world.approves(pull, { by: 'bob' })
  await stage.sees(
    `${MERGE} still waits, and says why bob does not count`,
    () => stage.waits(pull, MERGE, /approval/i, /bob/),
    shown,
  )

  stage.says('lena, a lead, approves')
  await world.approves(pull, { by: 'lena' })
  await stage.sees(`${MERGE} opens`, () => stage.completed(pull, MERGE, 'success'), shown)

  stage.says('dev pushes another commit after that')
  const pushed = await world.pushes(pull, { by: 'dev', files: { 'src/basket.ts': 'export const free = 40\n' } })
  await green(world, pushed.sha)
  await stage.sees(
    `${MERGE} is closed again on ${short(pushed.sha)}`,
    () => stage.waits(pull, MERGE, /approval/i),
    shown,
  )

  stage.says('lena approves what is there now, and leo merges it')
  await stage.nextSecond()
  await world.approves(pull, { by: 'lena' })
  await stage.sees(`${MERGE} opens again`, () => stage.completed(pull, MERGE, 'success'), shown)
  const sha = await world.merges(pull, { by: 'leo', method: 'squash' })
  await green(world, sha)
  await stage.sees(
    `${PUSH} on ${short(sha)}: what landed was reviewed, and main is protected`,
    () => stage.completed(sha, PUSH, 'success'),
    shown,
  )
  return { pull, sha }
}

/** From main into development and production. */
const release = async (world: World, stage: Stage, { pull, sha }: Awaited<ReturnType<typeof merge>>) => {
  stage.says('the workflow asks for development')
  const development = await world.runsWorkflow({
    by: 'dev',
    sha,
    jobs: [{ name: 'deploy', environment: 'development' }],
  })
  const answer = await stage.sees(
    'GitHub is told: approved',
    () => development.answers.find(({ state }) => state === 'approved'),
    ({ comment }) => comment,
  )
  await world.finishesJob(development, 'deploy')

  stage.says('the workflow asks for production')
  const production = await world.runsWorkflow({ by: 'dev', sha, jobs: [{ name: 'deploy', environment: 'production' }] })
  await stage.sees(
    'production waits for the soak in development and for a delivery manager',
    () => stage.waits(sha, DEPLOY, /./, /soak[\s\S]*managers|managers[\s\S]*soak/i),
    shown,
  )

  stage.says(`dev tries: /release production ${short(sha)}`)
  await world.comments(pull, { by: 'dev', body: `/release production ${short(sha)}` })
  await stage.sees(
    'dev is refused, and told who may',
    () => world.repliesOn(pull).find(({ body }) => /refused/i.test(body)),
    ({ body }) => body,
  )

  stage.says(`dora, a delivery manager: /release production ${short(sha)}`)
  await world.comments(pull, { by: 'dora', body: `/release production ${short(sha)}` })
  await stage.sees(
    'dora is on record as the one who deploys',
    () => world.repliesOn(pull).find(({ body }) => /recorded/i.test(body)),
    ({ body }) => body,
  )
  await stage.sees(
    'after the soak GitHub is told: approved',
    () => production.answers.find(({ state }) => state === 'approved'),
    ({ comment }) => comment,
  )
  await world.finishesJob(production, 'deploy')
  return answer
}

/** Somebody goes around the pull request. */
const goAround = async (world: World, stage: Stage) => {
  stage.says('somebody pushes straight to main')
  const { sha } = await world.pushesTo('main', { by: 'bob', files: { 'src/basket.ts': 'export const free = 0\n' } })
  await green(world, sha)
  await stage.sees(`${PUSH} on ${short(sha)} is red`, () => stage.completed(sha, PUSH, 'failure'), shown)

  stage.says('the next release, of that commit')
  await world.runsWorkflow({ by: 'dora', sha, jobs: [{ name: 'deploy', environment: 'production' }] })
  await stage.sees(
    'production is held, and names the commit nobody reviewed',
    () => stage.waits(sha, DEPLOY, /./, new RegExp(short(sha))),
    shown,
  )
}

export const playStory = async (world: World, stage: Stage): Promise<void> => {
  const merged = await merge(world, stage)
  await release(world, stage, merged)
  await goAround(world, stage)
}
