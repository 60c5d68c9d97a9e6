import { expect, test } from '@jest/globals'
import { TIME_LIMIT } from '../../src/github/cache.js'
import { ask, factFor, teamId, type Question, type UnknownCode } from '../../src/policy/facts.js'
import { aWorld, type World } from '../world/world.js'
import { gatewayFor, jsonReply, someRecords, urlOf, type GatewayOptions } from './gateway-for.js'

/** Asks over and over, with what was pinned in between. */
const asker = async (world: World, options: GatewayOptions = {}) => {
  const pull = await world.opensPullRequest({ by: 'dev' })
  const { gateway, repository } = await gatewayFor(world, { records: someRecords(), ...options })
  return {
    gateway,
    repository,
    logins: async (
      question: Question<readonly { readonly login: string }[]>,
    ): Promise<readonly string[] | UnknownCode> => {
      const facts = await (await repository.change(pull.number))?.facts.answer([question], 0)
      const found = factFor(facts ?? new Map(), question)
      return found.known ? found.value.map(({ login }) => login).sort() : found.code
    },
  }
}

const team = (slug: string, inherited = true) => ask.team({ slug, inherited })

test('members of child teams count unless the policy says otherwise', async () => {
  const world = await aWorld().withTeam('leads', ['lena']).withTeam('juniors', ['bob'], { parent: 'leads' })
  const { logins } = await asker(world)
  expect(await logins(team('leads'))).toEqual(['bob', 'lena'])
  expect(await logins(team('leads', false))).toEqual(['lena'])
  await world.close()
})

test('direct members are asked of GraphQL where REST does not mark who came by a child team', async () => {
  const world = await aWorld().withTeam('leads', ['lena']).withTeam('juniors', ['bob'], { parent: 'leads' })
  const unmarked: typeof fetch = async (input, init) => {
    const reply = await fetch(input, init)
    if (!urlOf(input).includes('/teams/leads/members')) return reply
    const rows = (await reply.json()) as Record<string, unknown>[]
    const bare = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'inherited')))
    return jsonReply(200, bare)
  }
  const { logins } = await asker(world, { fetch: unmarked })
  expect(await logins(team('leads', false))).toEqual(['lena'])
  await world.close()
})

test('more than a hundred members are all members', async () => {
  const members = Array.from({ length: 130 }, (_, index) => `member-${index}`)
  const world = await aWorld().withTeam('leads', members)
  const { logins } = await asker(world)
  expect(await logins(team('leads'))).toHaveLength(130)
  await world.close()
})

test('who is only invited is no member', async () => {
  const world = await aWorld().withTeam('leads', ['lena'])
  await world.joinsTeam('bob', 'leads', { state: 'pending' })
  const { logins } = await asker(world)
  expect(await logins(team('leads'))).toEqual(['lena'])
  await world.close()
})

test('a team that does not exist is unknown, not empty', async () => {
  const world = await aWorld()
  const { logins } = await asker(world)
  expect(await logins(team('nobody'))).toBe('fact_unknown')
  await world.close()
})

test('a slug that now means another team is unknown, as renamed', async () => {
  const world = await aWorld().withTeam('leads', ['lena'])
  const { gateway, repository, logins } = await asker(world)
  expect(await logins(team('leads'))).toEqual(['lena'])
  await world.renamesTeam('leads', 'old leads')
  await world.createsTeam('leads', ['bob'])
  gateway.forget({ installation: repository.address.installation }, ['teams/leads'])
  expect(await logins(team('leads'))).toBe('renamed')
  await world.close()
})

test('an id that the policy gives holds the slug to it from the first look', async () => {
  const world = await aWorld().withTeam('leads', ['lena'])
  const { logins } = await asker(world)
  expect(await logins(ask.team({ slug: 'leads', id: teamId(world.team('leads').id + 1), inherited: true }))).toBe(
    'renamed',
  )
  expect(await logins(ask.team({ slug: 'leads', id: teamId(world.team('leads').id), inherited: true }))).toEqual([
    'lena',
  ])
  await world.close()
})

test('a member who left is gone as soon as the event is heard, and after the time limit in any case', async () => {
  const world = await aWorld().withTeam('leads', ['lena', 'leo'])
  const { gateway, repository, logins } = await asker(world)
  expect(await logins(team('leads'))).toEqual(['lena', 'leo'])
  await world.leavesTeam('leo', 'leads')
  gateway.forget({ installation: repository.address.installation }, ['teams'])
  expect(await logins(team('leads'))).toEqual(['lena'])
  await world.leavesTeam('lena', 'leads')
  world.clock.advance(TIME_LIMIT)
  expect(await logins(team('leads'))).toEqual([])
  await world.close()
})

test('a login that changed hands is unknown, as renamed', async () => {
  const world = await aWorld()
  const { repository, gateway } = await asker(world)
  const question = ask.user({ login: 'lena' })
  const look = async () => {
    const facts = await (await repository.change(1))?.facts.answer([question], 0)
    return factFor(facts ?? new Map(), question)
  }
  expect(await look()).toMatchObject({ known: true, value: { login: 'lena' } })
  await world.renamesAccount('lena', 'lena-s')
  await world.renamesAccount('bob', 'lena')
  gateway.forget({ installation: repository.address.installation }, ['users/lena'])
  expect(await look()).toMatchObject({ known: false, code: 'renamed' })
  await world.close()
})

test('roles are GitHub’s own, and apps have none', async () => {
  const world = await aWorld()
  await world.hasRole('lena', 'maintain')
  await world.hasRole('dora', 'read')
  const { repository } = await asker(world)
  const facts = await (await repository.change(1))?.facts.answer([ask.roles], 0)
  const roles = factFor(facts ?? new Map(), ask.roles)
  expect(roles).toMatchObject({ known: true })
  const byLogin = roles.known ? Object.fromEntries(roles.value.map(({ person, role }) => [person.login, role])) : {}
  expect(byLogin).toMatchObject({ lena: 'maintain', dora: 'read', owner: 'admin', dev: 'write' })
  await world.close()
})

test('of another organisation only a part would be shown, so its members are unknown', async () => {
  const world = await aWorld()
  const { logins } = await asker(world)
  expect(await logins(ask.organization('acme'))).toContain('lena')
  expect(await logins(ask.organization('elsewhere'))).toBe('fact_unknown')
  await world.close()
})
