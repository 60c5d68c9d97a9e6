import type { Commit, Sha, ShippedCommit, Signatory } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import type { Merged } from './arrivals.js'
import { readParts } from './change-commits.js'
import { commitsOf } from './commits.js'
import { commitsBetween } from './compare.js'

/** Who wrote, committed or co-wrote; GitHub's own merge of the base into the pull request adds nobody. */
const signatoriesOf = (commits: readonly Commit[]): readonly Signatory[] =>
  commits
    .filter(({ parents, madeByGitHub }) => parents.length < 2 || !madeByGitHub)
    .flatMap(({ author, committer, coAuthors }) => [author, committer, ...coAuthors])

const keyOf = (signatory: Signatory) =>
  signatory === null || signatory === 'github' ? `${signatory}` : String(signatory.id)

/** Everybody who has a part in the commits between the base and a pull request's head. Never changes, so it is kept. */
const readSignatories = async (scope: Scope, base: Sha, head: Sha): Promise<readonly Signatory[]> => {
  const { value } = await scope.cache.read(
    `squashed/${scope.id}/${base}/${head}`,
    async () => {
      const steps = await commitsBetween(scope, base, head)
      const parts = await readParts(
        scope,
        steps.map(({ sha }) => sha),
      )
      const all = signatoriesOf(await commitsOf(scope, parts))
      return [...new Map(all.map((one) => [keyOf(one), one])).values()].filter((one) => one !== 'github')
    },
    { forever: true },
  )
  return value
}

/**
 * A squash makes many commits one, of which it names the pull request's author and, in trailers that the merger may edit,
 * the others. So whoever has a part in the commits that it was made of counts as its co-author.
 */
export const withSquashed = async (
  scope: Scope,
  shipped: readonly ShippedCommit[],
  pulls: ReadonlyMap<Sha, readonly Merged[]>,
): Promise<readonly ShippedCommit[]> => {
  const all: ShippedCommit[] = []
  for (const commit of shipped) {
    const [base, second] = commit.parents
    const merged = pulls.get(commit.sha)?.find(({ number }) => number === commit.change?.number)
    const squash = merged !== undefined && base !== undefined && second === undefined
    const more = squash ? await readSignatories(scope, base, merged.head) : []
    all.push(more.length === 0 ? commit : { ...commit, coAuthors: [...commit.coAuthors, ...more] })
  }
  return all
}
