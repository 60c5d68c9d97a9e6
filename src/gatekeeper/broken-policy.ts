import type { Sha } from '../policy/facts.js'
import { gatesOfChange, type PolicySource } from '../policy/composing/gates.js'
import type { Gate } from '../policy/gate.js'
import { showCheck } from './answer-check.js'
import { checkName } from './check-names.js'
import { fullName } from './evaluate-change.js'
import { evaluatePush } from './evaluate-push.js'
import { earliest, SOON, STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import { organisationLayer, repositoryLayer } from './policy-layers.js'
import { readPolicies } from './policies.js'
import { mistakes } from './policy-part.js'
import type { Judged, Lease, Repository } from './ports.js'
import type { Subject } from './subject.js'

interface Tip {
  readonly branch: string
  readonly sha: Sha
}

/** The default branch's file is read for releases, another's for changes into it, where it may mean to guard them. */
const isRead = (repository: Repository, source: PolicySource, defaultBranch: string, { branch }: Tip): boolean =>
  branch === defaultBranch ||
  gatesOfChange(
    { organisation: { state: 'absent' }, repository: source },
    { repository: fullName(repository), defaultBranch, base: branch },
  ).length > 0

/** The mode in force: the organisation's, which a broken file of a repository does not change. */
const modeOf = async (gatekeeper: Gatekeeper, repository: Repository, sha: Sha): Promise<Gate['mode']> => {
  const { organisation } = (await readPolicies(gatekeeper, repository, sha)).policies
  return organisation.state === 'present' ? organisation.policy.mode : 'enforce'
}

/**
 * `release-gates/policy` on a branch's tip whose policy file is broken: the mistakes that close its gates, at the lines at
 * fault. Nothing where it is fine.
 * @returns when to look again, where a file could not be read; else `null`.
 * @throws {Unreadable} when GitHub does not take the answer.
 */
const showBrokenPolicy = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  tip: Tip,
): Promise<number | null> => {
  const { defaultBranch } = await repository.state()
  const { sha } = tip
  const own = await repositoryLayer(repository, sha)
  const above = tip.branch === defaultBranch ? await organisationLayer(repository, sha) : null
  const sources = [own, above].filter((source) => source !== null)
  const problems = sources.flatMap((source) =>
    source.state === 'invalid' && isRead(repository, source, defaultBranch, tip) ? source.problems : [],
  )
  if (problems.length > 0) {
    const { title, summary, annotations } = mistakes(problems)
    const name = checkName({ of: 'policy' }, await modeOf(gatekeeper, repository, sha))
    const content = { name, sha, conclusion: 'failure', title, summary, annotations } as const
    const shown = await repository.newestCheck(sha, name)
    await showCheck(gatekeeper, lease, repository, content, shown, STALE_AFTER)
  }
  return sources.some(({ state }) => state === 'unreadable') ? gatekeeper.clock.now() + SOON : null
}

/** A branch's tip: its push gate, and whether the policy that it brings can be read. */
export const lookAtPush = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  push: Extract<Subject, { readonly kind: 'push' }>,
): Promise<Judged> => {
  let state: ReturnType<Repository['state']> | null = null
  const onceKnown: Repository = { ...repository, state: () => (state ??= repository.state()) }
  const judged = await evaluatePush(gatekeeper, lease, onceKnown, push)
  const again = await showBrokenPolicy(gatekeeper, lease, onceKnown, push)
  return again === null ? judged : { ...judged, finished: false, lookAgainAt: earliest(judged.lookAgainAt, again) }
}
