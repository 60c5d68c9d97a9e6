import { expect, test } from '@jest/globals'
import type { Unreadable } from '../../src/gatekeeper/ports.js'
import { aWorld } from '../world/world.js'
import { gatewayFor, jsonReply, urlOf } from './gateway-for.js'

type Json = Record<string, unknown>

/** GitHub, of whose replies to some requests something is missing. */
const without =
  (address: RegExp, leaveOut: (body: Json) => unknown): typeof fetch =>
  async (input, init) => {
    const reply = await fetch(input, init)
    if (!address.test(urlOf(input)) || !reply.ok) return reply
    const body = (await reply.json()) as Json
    leaveOut(body)
    return jsonReply(reply.status, body)
  }

test('a run without a key for who started this attempt is read, and names nobody for it', async () => {
  const world = await aWorld()
  const { id } = await world.runsWorkflow({ by: 'dev' })
  const { repository } = await gatewayFor(world, {
    fetch: without(/\/actions\/runs\/\d+$/, (run) => delete run['triggering_actor']),
  })
  expect(await repository.run(id)).toMatchObject({ triggeringActor: null, actor: { login: 'dev' } })
  await world.close()
})

test('a comment is read although GraphQL cannot tell its number in 32 bits', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const { id } = await world.comments(pull, { by: 'lena', body: '/gates' })
  const { repository } = await gatewayFor(world, {
    fetch: without(/\/graphql$/, (body) => {
      const { node } = body['data'] as { node: Json }
      node['databaseId'] = null
    }),
  })
  expect(await repository.comment(id)).toMatchObject({ id, number: pull.number, body: '/gates' })
  await world.close()
})

test('a refusal without any data is obeyed as what it says', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }]
  const { repository } = await gatewayFor(world, {
    fetch: async () =>
      new Response(JSON.stringify({ errors }), {
        headers: { 'content-type': 'application/json', 'x-ratelimit-reset': '1800000000' },
      }),
  })
  const trouble = await repository.change(pull.number).catch((error: unknown) => error as Unreadable)
  expect(trouble).toMatchObject({ status: 429, retryAt: 1_800_000_000_000 })
  await world.close()
})
