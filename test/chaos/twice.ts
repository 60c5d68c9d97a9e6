import type { CheckRun } from '../world/state/checks.js'
import type { Comment, Pull } from '../world/state/pulls.js'
import { ours } from './ending.js'
import type { Shop } from './shop.js'

/** Runs let in or refused more than once in one attempt. */
const runsTwice = ({ world }: Shop): readonly string[] =>
  world.repository().runs.flatMap(({ id, answers }) => {
    const given = answers.flatMap(({ state, environment, attempt }) =>
      state === null ? [] : [`${environment} in attempt ${attempt} of run ${id}`],
    )
    return given.filter((one, index) => given.indexOf(one) !== index).map((one) => `${one} was answered twice`)
  })

/** Check runs that were made to say what the one before them says; one that was open first had closed the gate. */
const checksTwice = (shop: Shop, wasOpen: ReadonlySet<CheckRun>): readonly string[] => {
  const last = new Map<string, CheckRun>()
  const found: string[] = []
  for (const run of ours(shop, shop.world.repository().checkRuns)) {
    const key = `${run.name} on ${run.suite.headSha}`
    const before = last.get(key)
    const isRepeated = before?.status === 'completed' && before.externalId === run.externalId
    if (isRepeated && run.status === 'completed' && !wasOpen.has(run))
      found.push(`${key}: “${run.output.title ?? ''}” was said twice, by check runs ${before.id} and ${run.id}`)
    last.set(key, run)
  }
  return found
}

const commandsOn = ({ comments }: Pull): readonly Comment[] =>
  comments.filter(({ viaApp, body }) => viaApp === null && body.startsWith('/'))

/** Whose command a reply answers, as far as it tells: by the person, or by the commit that was named. */
const about = ({ body }: Comment): string => /^(?:Recorded|Refused): `?([^` ]+)`? /.exec(body)?.[1] ?? 'somebody'

/** How often each of these is there. */
const tallied = (names: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** More replies than commands: on a pull request, to a person, or about a commit. */
const repliesTwice = ({ world }: Shop): readonly string[] =>
  world.repository().pulls.flatMap((pull) => {
    const commands = commandsOn(pull)
    const replies = world.repliesOn(pull)
    const asked = tallied(commands.flatMap(({ user, body }) => [user?.login ?? 'ghost', body.split(' ')[2] ?? '']))
    const more = [...tallied(replies.map(about))].filter(([who, count]) => count > (asked.get(who) ?? 0))
    return [
      ...(replies.length > commands.length
        ? [`#${pull.number}: ${replies.length} replies to ${commands.length} commands`]
        : []),
      ...more.map(
        ([who, count]) => `#${pull.number}: ${count} replies about ${who}, of ${asked.get(who) ?? 0} commands`,
      ),
    ]
  })

/** Answers to GitHub after which the same was said again. */
export const saidTwice = (shop: Shop, wasOpen: ReadonlySet<CheckRun>): readonly string[] => [
  ...runsTwice(shop),
  ...checksTwice(shop, wasOpen),
  ...repliesTwice(shop),
]
