import { afterEach, expect, test } from '@jest/globals'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import type { Verdict } from '../../src/policy/verdict.js'
import { asks, aShop, landed, opened } from '../flows/shop.js'
import type { World } from '../world/world.js'

const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

/** What the command says of a world, with a token that may read it. */
const explain = async (world: World, ...argv: readonly string[]) => {
  const { GHE_HOST, GHE_PROTOCOL, APP_ID } = world.env()
  process.env = { ...before, GHE_HOST, GHE_PROTOCOL, APP_ID, GH_TOKEN: world.token() }
  return said('explain', ...argv)
}

const said = async (...argv: readonly string[]) => {
  const told = { out: '', err: '', exit: 0 as ExitCode }
  await run(argv, {
    cwd: process.cwd(),
    colour: false,
    out: (text) => (told.out += text),
    err: (text) => (told.err += text),
    exit: (code) => (told.exit = code > told.exit ? code : told.exit),
  })
  return told
}

test('explain tells why a pull request waits, and ends with 0 once it does not', async () => {
  const world = await aShop()
  const pull = await opened(world)
  const waits = await explain(world, `acme/shop#${pull.number}`)
  expect(waits).toMatchObject({ exit: 1, err: '' })
  expect(waits.out).toMatch(/^… merge main: Waiting for 1 approval from leads\n/)
  expect(waits.out).toContain('lena or leo can approve.')
  await world.approves(pull, { by: 'lena' })
  const open = await explain(world, `acme/shop#${pull.number}`)
  expect(open.out).toMatch(/^✓ merge main: Ready to merge/)
  expect(open.exit).toBe(0)
  await world.close()
})

test('explain writes nothing to GitHub', async () => {
  const world = await aShop()
  const pull = await opened(world)
  world.github.forgetsRequests()
  await explain(world, `acme/shop#${pull.number}`)
  const wrote = world.github.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('graphql'))
  expect(wrote).toEqual([])
  expect(world.github.requests.length).toBeGreaterThan(0)
  await world.close()
})

test('explain of a release says which facts only the records tell, and takes none of them for none', async () => {
  const world = await aShop()
  const { sha } = await landed(world)
  await asks(world, sha)
  const { out, exit } = await explain(world, `acme/shop@${sha}`, '--environment', 'production', '--json')
  expect(exit).toBe(1)
  const { verdict, notes } = JSON.parse(out) as { verdict: Verdict; notes: readonly string[] }
  expect(verdict).toMatchObject({ kind: 'release', gate: 'production', decision: 'undecided' })
  expect(verdict.findings.find(({ rule }) => rule === 'approval')?.values['reason']).toMatch(/records.*--data/)
  expect(verdict.findings.find(({ rule }) => rule === 'ref')?.outcome).toBe('allow')
  expect(notes).toHaveLength(1)
  await world.close()
})

test('explain that does not know which app is meant takes no check for the app’s own', async () => {
  const world = await aShop(
    'version: 1\nbranches:\n  main:\n    merge:\n      - protected: {}\n      - approval: { from: development-leads }\n',
  )
  const pull = await opened(world)
  process.env = { ...before, ...world.env(), APP_ID: '', GH_TOKEN: world.token() }
  const { out } = await said('explain', `acme/shop#${pull.number}`)
  expect(out).toMatch(/protected: the branch protection could not be read: .*--app-id/)
  await world.close()
})

test.each([
  ['acme', /neither OWNER\/REPO#N nor OWNER\/REPO@SHA/],
  ['acme/shop@1234567', /--environment NAME/],
  ['acme/shop#7 --environment x', /leave --environment out/],
])('explain %s cannot run, and says why', async (argv, why) => {
  const { err, exit } = await said('explain', ...argv.split(' '))
  expect(err).toMatch(why)
  expect(exit).toBe(2)
})

test('explain without a token cannot run', async () => {
  process.env = { ...before, GH_TOKEN: '', GITHUB_TOKEN: '' }
  const { err, exit } = await said('explain', 'acme/shop#7')
  expect(err).toMatch(/there is no token/)
  expect(exit).toBe(2)
})

test('explain of what the token may not see cannot run, and says so', async () => {
  const world = await aShop()
  const nothing = await explain(world, 'acme/shop#404')
  expect(nothing).toMatchObject({ exit: 2, out: '' })
  expect(nothing.err).toMatch(/no pull request #404/)
  const hidden = await explain(world, 'acme/vault#1')
  expect(hidden).toMatchObject({ exit: 2, out: '' })
  expect(hidden.err).toMatch(/acme\/vault could not be read: GitHub answered 404/)
  await world.close()
})
