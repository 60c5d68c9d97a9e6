import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { aWorld } from '../world/world.js'
import { startAppProcess } from './app-process.js'
import { Stage } from './stage.js'
import { playStory } from './story.js'

/** The tutorial's policy with a soak short enough to watch. */
const policy = readFileSync('examples/tutorial/.github/release-gates.yml', 'utf8').replace(/for: \d+m/, 'for: 3s')

const TICK = 50

/** Whether both stay up for a look. Anything else would be ignored, and is refused. */
const staying = (): boolean => {
  try {
    return parseArgs({ options: { stay: { type: 'boolean', default: false } } }).values.stay
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}: it takes --stay, and nothing else\n`,
    )
    process.exit(2)
  }
}

const main = async (): Promise<void> => {
  const stay = staying()
  const started = Date.now()
  const world = await aWorld({ at: Date.now() })
    .withTeam('development-leads', ['lena', 'leo'])
    .withTeam('delivery-managers', ['dora', 'dan'])
    .withPolicy(policy)
    .where((here) =>
      here.protects('main', {
        approvals: 1,
        dismissStale: true,
        admins: true,
        checks: ['test', 'security-scan', { name: 'release-gates/merge', appId: here.app.id }],
      }),
    )
    .withEnvironment('development')
    .withEnvironment('production')
  const clock = setInterval(() => world.clock.set(Date.now()), TICK)
  const dataDir = mkdtempSync(join(tmpdir(), 'release-gates-demo-'))
  const app = await startAppProcess({
    ...world.env(),
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
  })
  world.sendsWebhooksTo(`${app.url}/api/github/webhooks`)
  const stage = new Stage(world)
  process.stdout.write(`GitHub's stand-in listens at ${world.origin}, the app at ${app.url}.\n`)
  try {
    await playStory(world, stage)
    if (stay) await untilInterrupted(app.url, world.origin)
    await app.stop()
    stage.says('the ledger is verified')
    await stage.sees(
      'every entry is where it was',
      () => verified(dataDir),
      (text) => text,
    )
    await world.close()
    process.stdout.write(`\n${stage.seen} steps seen in ${((Date.now() - started) / 1000).toFixed(1)} seconds.\n`)
  } catch (error) {
    process.stderr.write(
      `\nNot seen: ${error instanceof Error ? error.message : String(error)}\n\nWhat GitHub shows:\n${stage.everything()}\n\nWhat the app wrote:\n${app.output()}\n`,
    )
    process.exitCode = 1
  } finally {
    await app.stop()
    clearInterval(clock)
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const verified = (dataDir: string): string =>
  execFileSync(process.execPath, ['dist/cli/main.js', 'audit', 'verify', '--data', dataDir], {
    encoding: 'utf8',
  }).trim()

const untilInterrupted = (app: string, github: string): Promise<void> => {
  process.stdout.write(`\nBoth stay up (app ${app}, stand-in ${github}); press Ctrl-C to end.\n`)
  return new Promise((resolve) => process.once('SIGINT', () => resolve()))
}

await main()
process.exit()
