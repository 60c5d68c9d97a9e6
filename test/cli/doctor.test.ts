import { afterEach, expect, test } from '@jest/globals'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import { fingerprintOf } from '../../src/github/app-keys.js'
import { aShop, SHOP_POLICY } from '../flows/shop.js'
import { newKeys } from '../world/found.js'
import type { World } from '../world/world.js'

const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

const doctor = (world: World, ...argv: readonly string[]) => doctorIn(world, {}, ...argv)

const doctorIn = async (world: World, env: Readonly<Record<string, string>>, ...argv: readonly string[]) => {
  const { GHE_HOST, GHE_PROTOCOL, APP_ID } = world.env()
  process.env = { ...before, GHE_HOST, GHE_PROTOCOL, APP_ID, GH_TOKEN: world.token(), ...env }
  const told = { out: '', err: '', exit: 0 as ExitCode }
  await run(['doctor', ...argv], {
    cwd: process.cwd(),
    colour: false,
    out: (text) => (told.out += text),
    err: (text) => (told.err += text),
    exit: (code) => (told.exit = code > told.exit ? code : told.exit),
  })
  return told
}

test('doctor tells which teams can be read, that GitHub asks the app, and what a branch lacks', async () => {
  const world = await aShop()
  const { out, err, exit } = await doctor(world, 'acme/shop')
  expect(err).toBe('')
  expect(out).toContain('✓ the repository’s policy is valid')
  expect(out).toContain('✓ environment production: GitHub asks this app before a job enters')
  expect(out).toContain('✓ the team delivery-managers can be read')
  expect(out).toMatch(/✗ branch main: .*not required/)
  expect(exit).toBe(1)
  await world.close()
})

test('doctor tells an environment without rules, a team that is not there, and a broken file', async () => {
  const world = await aShop(SHOP_POLICY.replace('delivery-managers', 'nobody-knows')).withEnvironment('lab')
  const { out } = await doctor(world, 'acme/shop')
  expect(out).toContain('✗ environment lab: the policy has no rule for it')
  expect(out).toMatch(/✗ the team nobody-knows: /)
  await world.close()
  const broken = await aShop(SHOP_POLICY.replace('approval', 'aproval'))
  expect((await doctor(broken, 'acme/shop')).out).toMatch(/✗ the repository’s policy: .*`aproval` is no rule/)
  await broken.close()
})

test('doctor names the private key that GitHub refuses, and the one that it takes', async () => {
  const world = await aShop()
  const next = newKeys().privateKey
  const { PRIVATE_KEY } = world.env()
  const { out, exit } = await doctorIn(world, { PRIVATE_KEY: `${next},${PRIVATE_KEY}` }, 'acme/shop')
  expect(out).toContain(`✗ private key 1 of 2 (${fingerprintOf(next)}): GitHub refuses it (401)`)
  expect(out).toContain(`✓ private key 2 of 2 (${fingerprintOf(PRIVATE_KEY)}): GitHub takes it`)
  expect(exit).toBe(1)
  expect((await doctorIn(world, { PRIVATE_KEY: 'nonsense' }, 'acme/shop')).out).toContain('✗ PRIVATE_KEY holds no PEM')
  await world.close()
})

test('doctor writes nothing, prints JSON, and cannot run on what it may not see', async () => {
  const world = await aShop()
  world.github.forgetsRequests()
  const { out } = await doctor(world, 'acme/shop', '--json')
  expect(JSON.parse(out)).toContainEqual({ state: 'ok', text: 'the repository’s policy is valid' })
  const wrote = world.github.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('graphql'))
  expect(wrote).toEqual([])
  expect(await doctor(world, 'acme/vault')).toMatchObject({ exit: 2, out: '' })
  expect(await doctor(world, 'a b')).toMatchObject({ exit: 2 })
  await world.close()
})

test('a token that GitHub refuses is told as the person’s own, with where a new one goes', async () => {
  const world = await aShop()
  expect(await doctorIn(world, { GH_TOKEN: 'nobody-gave-this' }, 'acme/shop')).toEqual({
    out: '',
    err: expect.stringMatching(/^release-gates: GitHub refuses your token \(401\): .*GH_TOKEN/),
    exit: 2,
  })
  await world.close()
})

test('an empty variable is none: GITHUB_TOKEN and the usual policy repository are taken', async () => {
  const world = await aShop()
  const empty = { GH_TOKEN: '', GITHUB_TOKEN: world.token(), POLICY_REPOSITORY: '' }
  expect(await doctorIn(world, empty, 'acme/shop')).toMatchObject({ err: '', exit: 1 })
  await world.close()
})
