import { expect, test } from '@jest/globals'
import { Unreadable } from '../../src/gatekeeper/ports.js'
import { repositoryId, installationId } from '../../src/policy/facts.js'
import { aWorld, type World } from '../world/world.js'
import type { FileChanges } from '../world/operations/git.js'
import { gatewayFor } from './gateway-for.js'

const link = (content: string) => ({ content, mode: '120000' as const })

const having = async (files: FileChanges) => {
  const world = await aWorld().where((it) => it.pushesTo('main', { by: 'owner', files }))
  const { repository } = await gatewayFor(world)
  return { world, repository, tree: await repository.scenarioFilesAt(world.tip()) }
}

test('scenario files below .github are read at the commit, in the order of their paths', async () => {
  const { world, repository, tree } = await having({
    '.github/b.gates-test.yml': 'two\n',
    '.github/a/deep/a.gates-test.yml': 'one\n',
    '.github/release-gates.yml': 'version: 1\n',
    'src/c.gates-test.yml': 'elsewhere\n',
  })
  const before = world.tip()
  await world.pushesTo('main', { by: 'owner', files: { '.github/b.gates-test.yml': 'changed\n' } })
  expect(tree.files).toEqual([
    { path: '.github/a/deep/a.gates-test.yml', text: 'one\n' },
    { path: '.github/b.gates-test.yml', text: 'two\n' },
  ])
  expect((await repository.scenarioFilesAt(before)).files).toEqual(tree.files)
  expect(tree.leftOut).toEqual([])
  await world.close()
})

test('without a folder .github there are none', async () => {
  const { world, tree } = await having({ 'a.gates-test.yml': 'x\n' })
  expect(tree).toMatchObject({ files: [], leftOut: [] })
  await world.close()
})

test('what is no text, too large, too much or a symlink is left out, and that is said', async () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`.github/m${index}.gates-test.yml`, 'm\n']))
  const { world, tree } = await having({
    '.github/a.gates-test.yml': `# ${'x'.repeat(300_000)}\n`,
    '.github/b.gates-test.yml': link('m0.gates-test.yml'),
    ...many,
    '.github/z.gates-test.yml': 'one too many\n',
  })
  expect(tree.files).toHaveLength(50)
  expect(tree.leftOut).toEqual([
    expect.stringMatching(/^\.github\/a\.gates-test\.yml: it has 300003 bytes/),
    expect.stringMatching(/^\.github\/b\.gates-test\.yml: it is no plain file/),
    expect.stringMatching(/^\.github\/z\.gates-test\.yml: at most 50 files/),
  ])
  await world.close()
})

test('together they are read up to a megabyte', async () => {
  const text = `# ${'x'.repeat(250_000)}\n`
  const { world, tree } = await having(
    Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`.github/f${index}.gates-test.yml`, text])),
  )
  expect(tree.files).toHaveLength(4)
  expect(tree.leftOut).toEqual([expect.stringMatching(/f4.*1048576 bytes are read in all/)])
  await world.close()
})

test('a file that a scenario names is read at the same commit, wherever it stands in it', async () => {
  const { world, tree } = await having({
    '.github/x.gates-test.yml': 'x\n',
    'policies/deep/org.yml': 'version: 1\n',
    'policies/link.yml': link('deep/org.yml'),
    linked: link('policies'),
  })
  await world.pushesTo('main', { by: 'owner', files: { 'policies/deep/org.yml': 'later\n' } })
  expect(await tree.read('policies/deep/org.yml')).toBe('version: 1\n')
  for (const path of ['policies/none.yml', 'policies/deep', 'none/org.yml', 'policies/link.yml', 'linked/deep/org.yml'])
    expect([path, await tree.read(path)]).toEqual([path, null])
  await world.close()
})

test('a tree that GitHub cuts short tells nothing', async () => {
  const world = await aWorld().withFiles({ '.github/x.gates-test.yml': 'x\n' })
  world.truncatesTree(world.tip())
  const { repository } = await gatewayFor(world)
  await expect(repository.scenarioFilesAt(world.tip())).rejects.toBeInstanceOf(Unreadable)
  await world.close()
})

const ofOrganisation = async (world: World) => {
  const { gateway } = await gatewayFor(world)
  const { id, owner, name } = world.repository('acme/.github')
  return gateway.repository({
    installation: installationId(world.installation.id),
    id: repositoryId(id),
    owner: owner.login,
    name,
  })
}

test('in the policy repository the organisation’s file and scenarios stand anywhere from the root', async () => {
  const world = await aWorld().withOrganisationPolicy('version: 1\n')
  const repo = world.repository('acme/.github')
  await world.pushesTo('main', { by: 'owner', repo, files: { 'tests/a.gates-test.yml': 'a\n' } })
  const tip = world.repository(repo).branches.get('main') ?? ''
  const organisation = await ofOrganisation(world)
  expect(await organisation.organisationPolicyAt(tip)).toMatchObject({ file: { path: 'release-gates.yml' } })
  expect((await organisation.scenarioFilesAt(tip)).files).toEqual([{ path: 'tests/a.gates-test.yml', text: 'a\n' }])
  const { repository } = await gatewayFor(world)
  expect(await repository.organisationPolicyAt(world.tip())).toBeNull()
  await world.close()
})
