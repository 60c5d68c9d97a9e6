import type { InstallationId, RepositoryId } from '../../src/policy/facts.js'
import type { Subject } from '../../src/gatekeeper/subject.js'
import type { Store } from '../../src/store/store.js'
import { differences, shownBy } from './ending.js'
import type { Instance } from './instance.js'
import type { Place } from './place.js'
import { untilQuiet } from './quiet.js'
import type { Shop } from './shop.js'

/**
 * Every open pull request, and of every run what it asked for and what has started. A start past the gate that is on
 * record is never looked at again: the check of a commit that several runs release tells of the last of them.
 */
const subjectsOf = ({ world, bypassed }: Shop): readonly Subject[] => {
  const { id, pulls, runs } = world.repository()
  const repository = id as RepositoryId
  const changes = pulls
    .filter(({ state }) => state === 'open')
    .map(({ number }): Subject => ({ kind: 'change', repository, number }))
  const releases = runs.flatMap(({ id: run, attempts }) =>
    (attempts.at(-1)?.jobs ?? []).flatMap(({ environment, startedAt }): readonly Subject[] => {
      if (environment === null) return []
      const wish: Subject = { kind: 'deployment', repository, environment, run }
      return startedAt === null || bypassed.has(run)
        ? [wish]
        : [wish, { kind: 'start', repository, environment, run, deployment: null }]
    }),
  )
  return [...changes, ...releases]
}

/** As if an event had just named each of them. */
const touchesAll = async (shop: Shop, store: Store): Promise<void> => {
  const installation = shop.world.installation.id as InstallationId
  await store.subjects.hint(
    subjectsOf(shop).map((subject) => ({ kind: 'touch', subject, installation })),
    shop.world.clock.now(),
  )
}

/** Whatever there is to judge is judged anew by servers that remember nothing, and must be answered the same. */
export const judgedAfresh = async (
  servers: readonly Instance[],
  place: Place,
  shop: Shop,
  pace: number,
): Promise<readonly string[]> => {
  const before = shownBy(shop)
  for (const server of servers) await server.ends()
  await place.writes((store) => touchesAll(shop, store))
  for (const server of servers) server.start()
  for (const server of servers) await server.isUp()
  const left = await untilQuiet(place, shop.world, pace)
  return [...left.map((one) => `after a restart: ${one}`), ...differences(before, shownBy(shop))]
}
