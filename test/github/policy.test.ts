import { expect, test } from '@jest/globals'
import { BadPolicyFile, Unreadable } from '../../src/gatekeeper/ports.js'
import { aWorld } from '../world/world.js'
import { gatewayFor, jsonReply, urlOf } from './gateway-for.js'

const POLICY = '.github/release-gates.yml'
const text = 'version: 1\n'
const link = (to: string) => ({ content: to, mode: '120000' as const })

const isPolicyQuery = (init: Parameters<typeof fetch>[1]): boolean =>
  typeof init?.body === 'string' && init.body.includes('PolicyIn')

/** A server whose GraphQL does not tell the policy. */
const byRestOnly =
  (next: typeof fetch = fetch): typeof fetch =>
  async (input, init) =>
    isPolicyQuery(init)
      ? jsonReply(200, { data: null, errors: [{ type: 'NOT_FOUND', message: 'no', path: ['repository', 'object'] }] })
      : next(input, init)

test('the policy file is read at the commit that was asked, with its text', async () => {
  const world = await aWorld().withPolicy(text)
  const before = world.tip()
  await world.commitsPolicy('version: 1\nbranches: {}\n')
  const { repository } = await gatewayFor(world)
  expect(await repository.policyAt(before)).toEqual({ commit: before, file: { path: POLICY, text } })
  await world.close()
})

test('a commit is read once: what it holds never changes', async () => {
  const world = await aWorld().withPolicy(text)
  const { repository } = await gatewayFor(world)
  await repository.policyAt(world.tip())
  world.github.forgetsRequests()
  await repository.policyAt(world.tip())
  expect(world.github.requests).toEqual([])
  await world.close()
})

test.each([
  ['there is no folder .github', {}],
  ['the folder holds other files', { '.github/CODEOWNERS': '* @acme/core\n' }],
])('absent is proven by a listing: %s', async (_, files) => {
  const world = await aWorld().withFiles({ 'src/a.ts': 'a\n', ...files })
  const { repository } = await gatewayFor(world)
  expect(await repository.policyAt(world.tip())).toEqual({ commit: world.tip(), file: null })
  await world.close()
})

test.each([
  ['two candidates', { [POLICY]: text, '.github/release-gates.yaml': text }, /only one of them/],
  ['a symlink', { [POLICY]: link('../evil.yml') }, /symlink/],
  [
    'a folder that is a symlink',
    { '.github': link('elsewhere'), 'elsewhere/release-gates.yml': text },
    /\.github.*folder/,
  ],
  ['more than 64 KiB', { [POLICY]: `# ${'x'.repeat(70_000)}\n` }, /at most 65536/],
  ['a name in capitals', { '.github/Release-Gates.yml': text }, /called release-gates\.yml/],
])('%s: no policy may be taken from it', async (_, files, problem) => {
  const world = await aWorld().where((it) => it.pushesTo('main', { by: 'owner', files }))
  const { repository } = await gatewayFor(world)
  const reading = repository.policyAt(world.tip())
  await expect(reading).rejects.toBeInstanceOf(BadPolicyFile)
  await expect(reading).rejects.toThrow(problem)
  await world.close()
})

/** GitHub, which shows a link as the file that it leads to; with or without its trees. */
const following =
  (trees: boolean): typeof fetch =>
  async (input, init) => {
    if (!trees && urlOf(input).includes('/git/trees/')) return jsonReply(404, { message: 'Not Found' })
    const content = Buffer.from(text).toString('base64')
    return urlOf(input).includes('release-gates.yml')
      ? jsonReply(200, { type: 'file', sha: 'another', size: text.length, encoding: 'base64', content })
      : fetch(input, init)
  }

test('a symlink is no policy, also where GitHub shows the file that it leads to', async () => {
  const files = { [POLICY]: link('../elsewhere.yml') }
  const world = await aWorld().where((it) => it.pushesTo('main', { by: 'owner', files }))
  const { repository } = await gatewayFor(world, { fetch: following(true) })
  await expect(repository.policyAt(world.tip())).rejects.toBeInstanceOf(BadPolicyFile)
  await world.close()
})

test('a server that shows no trees, and follows a link, is not believed', async () => {
  const world = await aWorld().withPolicy(text)
  const { repository } = await gatewayFor(world, { fetch: byRestOnly(following(false)) })
  await expect(repository.policyAt(world.tip())).rejects.toBeInstanceOf(Unreadable)
  await world.close()
})

test('a server that shows no trees is believed about what it lists, not about what it does not', async () => {
  const world = await aWorld().withPolicy(text)
  const treeless: typeof fetch = async (input, init) =>
    urlOf(input).includes('/git/trees/') ? jsonReply(404, { message: 'Not Found' }) : fetch(input, init)
  const { repository } = await gatewayFor(world, { fetch: byRestOnly(treeless) })
  expect(await repository.policyAt(world.tip())).toMatchObject({ file: { path: POLICY, text } })
  await world.commitsPolicy(null)
  await expect(repository.policyAt(world.tip())).rejects.toBeInstanceOf(Unreadable)
  await world.close()
})

test('a tree that GitHub cuts short proves nothing', async () => {
  const world = await aWorld().withFiles({ 'src/a.ts': 'a\n' })
  world.truncatesTree(world.tip())
  const { repository } = await gatewayFor(world, { fetch: byRestOnly() })
  await expect(repository.policyAt(world.tip())).rejects.toBeInstanceOf(Unreadable)
  await world.close()
})

test('one query tells the policy of a commit, and a later commit with the same folder needs none', async () => {
  const world = await aWorld().withPolicy(text)
  const { repository } = await gatewayFor(world)
  const pull = await world.opensPullRequest({ by: 'dev' })
  await repository.change(pull.number)
  await world.pushesTo('main', { by: 'owner', files: { 'README.md': 'new' } })
  await repository.change(pull.number)
  world.github.forgetsRequests()
  expect(await repository.policyAt(world.tip())).toEqual({ commit: world.tip(), file: { path: POLICY, text } })
  expect(world.github.requests).toEqual([])
  await world.commitsPolicy('version: 1\nbranches: {}\n')
  expect(await repository.policyAt(world.tip())).toMatchObject({ file: { text: 'version: 1\nbranches: {}\n' } })
  await world.close()
})

test.each([
  ['another text than the id says', (reply: string) => reply.replace('"text":"version: 1', '"text":"version: 1 ')],
  [
    'a folder that it lists and does not show',
    (reply: string) => reply.replace(/"folder":\{.*?\]\}\}/s, '"folder":null'),
  ],
  [
    'a file by its name that it does not list',
    (reply: string) => reply.replaceAll('"name":"release-gates.yml"', '"name":"x"'),
  ],
  ['no file at all where there is one', (reply: string) => reply.replaceAll('"name":".github"', '"name":"x"')],
])('a query that tells %s is not believed: REST is asked', async (_what, lies) => {
  const world = await aWorld().withPolicy(text)
  const lying: typeof fetch = async (input, init) => {
    const reply = await fetch(input, init)
    if (!isPolicyQuery(init)) return reply
    const whole = await reply.text()
    expect(lies(whole)).not.toBe(whole)
    return jsonReply(200, JSON.parse(lies(whole)))
  }
  const { repository } = await gatewayFor(world, { fetch: lying })
  expect(await repository.policyAt(world.tip())).toMatchObject({ file: { path: POLICY, text } })
  expect(world.github.requests.some(({ path }) => path.includes('/git/trees/'))).toBe(true)
  await world.close()
})

test('the organisation’s policy is read at its default branch’s tip', async () => {
  const world = await aWorld().withOrganisationPolicy(text)
  const { repository } = await gatewayFor(world)
  expect(await repository.organisationPolicy({ fresh: false })).toMatchObject({
    file: { path: 'release-gates.yml', text },
  })
  await world.close()
})

test('an organisation policy that was tightened a moment ago is seen where it is asked for afresh', async () => {
  const world = await aWorld().withOrganisationPolicy(text)
  const { repository } = await gatewayFor(world)
  await repository.organisationPolicy({ fresh: false })
  await world.organisationPolicy('version: 1\nbranches: {}\n')
  expect(await repository.organisationPolicy({ fresh: true })).toMatchObject({
    file: { text: 'version: 1\nbranches: {}\n' },
  })
  await world.close()
})

test('no policy repository is told apart from one without a policy', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  expect(await repository.organisationPolicy({ fresh: true })).toBe('none')
  await world.organisationPolicy(text)
  await world.organisationPolicy(null)
  expect(await repository.organisationPolicy({ fresh: true })).toMatchObject({ file: null })
  await world.close()
})

test('a policy repository that is not shown to an installation of some repositories may be there', async () => {
  const world = await aWorld()
  await world.installsOn(['acme/shop'])
  const { repository } = await gatewayFor(world)
  expect(await repository.organisationPolicy({ fresh: true })).toBe('unseen')
  await world.close()
})
