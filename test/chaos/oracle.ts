import type { WorkflowRun } from '../world/state/actions.js'
import type { Pull } from '../world/state/pulls.js'
import type { Repository } from '../world/state/repository.js'
import type { Shop } from './shop.js'

/**
 * What a careful reader of GitHub's state says of a gate, without any of the app's code: `no` must never be allowed,
 * `yes` must be allowed in the end, `either` is left to the app.
 */
export type Ruling = 'yes' | 'no' | 'either'

const LEADS = ['lena', 'leo'] as const
const MANAGERS: ReadonlySet<string> = new Set(['dora', 'dan'])

/** Commits on the way from one back to the first, or to those that are `known`. */
const history = ({ store }: Repository, from: string, known: ReadonlySet<string> = new Set()): ReadonlySet<string> => {
  const found = new Set<string>()
  const open = [from]
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    if (found.has(sha) || known.has(sha)) continue
    found.add(sha)
    open.push(...store.commit(sha).parents)
  }
  return found
}

/** Logins of all whose commits the pull request brings. */
const contributorsOf = ({ repository, author, base, headSha }: Pull): ReadonlySet<string> => {
  const tip = repository.branches.get(base)
  const brought = history(repository, headSha, tip === undefined ? new Set() : history(repository, tip))
  const logins = [...brought].map((sha) => repository.store.commit(sha).author.account?.login)
  return new Set([author.login, ...logins.filter((login) => login !== undefined)])
}

const isTested = (pull: Pull): boolean => {
  const runs = pull.repository.checkRuns.filter(
    ({ name, suite }) => name === 'test' && suite.headSha === pull.headSha && suite.app.slug === 'github-actions',
  )
  return runs.at(-1)?.conclusion === 'success'
}

/** One lead's word on a pull request: what was said last counts. */
const wordOf = (pull: Pull, login: string): Ruling => {
  const said = pull.reviews.filter(({ user, state }) => user?.login === login && state !== 'COMMENTED')
  const last = said.at(-1)
  if (last === undefined) return 'no'
  if (last.state === 'DISMISSED')
    return said.some(({ state, commit }) => state === 'APPROVED' && commit === pull.headSha) ? 'either' : 'no'
  return last.state === 'APPROVED' && last.commit === pull.headSha ? 'yes' : 'no'
}

const objects = (pull: Pull): boolean =>
  LEADS.some(
    (login) =>
      pull.reviews.filter(({ user, state }) => user?.login === login && state !== 'COMMENTED').at(-1)?.state ===
      'CHANGES_REQUESTED',
  )

/** Whether the merge gate may be open for this head. */
export const mayMerge = (pull: Pull): Ruling => {
  if (!isTested(pull)) return 'no'
  const contributors = contributorsOf(pull)
  const words = LEADS.filter((login) => !contributors.has(login)).map((login) => wordOf(pull, login))
  if (words.every((word) => word === 'no')) return 'no'
  return words.includes('yes') && !objects(pull) ? 'yes' : 'either'
}

/** Whether production may be entered by the run's newest attempt: somebody of the managers said so since it began. */
export const mayEnterProduction = ({ world, frozen }: Shop, run: WorkflowRun): Ruling => {
  const attempt = run.attempts.at(-1)
  if (frozen || attempt === undefined) return 'no'
  const words = `/approve production ${run.headSha.slice(0, 7)}`
  const approved = world
    .repository()
    .pulls.flatMap(({ comments }) => comments)
    .some(
      ({ user, body, createdAt, editedAt }) =>
        user !== null &&
        MANAGERS.has(user.login) &&
        user.login !== run.actor.login &&
        editedAt === null &&
        createdAt >= Math.floor(attempt.startedAt / 1000) * 1000 &&
        body.startsWith(words),
    )
  return approved ? 'either' : 'no'
}
