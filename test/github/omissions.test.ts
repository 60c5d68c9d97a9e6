import { expect, test } from '@jest/globals'
import type { Unreadable } from '../../src/gatekeeper/ports.js'
import { ask, factFor } from '../../src/policy/facts.js'
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
  const reset = Math.floor(world.clock.now() / 1_000) + 20 * 60
  const { repository } = await gatewayFor(world, {
    fetch: async () =>
      new Response(JSON.stringify({ errors }), {
        headers: { 'content-type': 'application/json', 'x-ratelimit-reset': String(reset) },
      }),
  })
  const trouble = await repository.change(pull.number).catch((error: unknown) => error as Unreadable)
  expect(trouble).toMatchObject({ status: 429, retryAt: reset * 1_000 })
  await world.close()
})

test('deployments are read, each once, although GraphQL cannot tell their numbers in 32 bits', async () => {
  const world = await aWorld().withEnvironment('production')
  const deployment = await world.createsDeployment({ by: 'dora', environment: 'production', ref: world.tip() })
  const other = await world.createsDeployment({ by: 'dora', environment: 'production', ref: world.tip() })
  await world.setsDeploymentStatus(deployment, { by: 'dora', state: 'in_progress' })
  await world.setsDeploymentStatus(other, { by: 'dora', state: 'in_progress' })
  world.github.fails({
    path: /graphql/,
    field: 'repository.deployments.nodes.databaseId',
    message: 'Int cannot represent non 32-bit signed integer value',
    times: Number.POSITIVE_INFINITY,
  })
  const { repository } = await gatewayFor(world, {
    fetch: without(/\/graphql$/, ({ data }) => {
      const { repository: found } = data as { repository: { object?: { deployments?: { nodes: Json[] } } } }
      for (const node of found.object?.deployments?.nodes ?? []) node['databaseId'] = null
    }),
  })
  const subject = {
    kind: 'api_deployment',
    environment: 'production',
    deployment: await repository.apiDeployment(deployment.id),
    requestedAt: 0,
    recordedTip: null,
  } as const
  const facts = await repository.facts(subject, [ask.running], 0, { fresh: true })
  expect(factFor(facts, ask.running)).toMatchObject({ known: true, value: [{ sha: other.sha }] })
  await world.close()
})
