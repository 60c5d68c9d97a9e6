import { membersOf } from '../policy/people.js'
import { involvementIn } from '../policy/evidence/involvement.js'
import { questionsOfAsk } from '../policy/judging/compiled.js'
import { ask, known, type Deployment, type Fact, type Facts, type Person, type Sha } from '../policy/facts.js'
import { gateOfRelease } from '../policy/composing/gates.js'
import type { Gate } from '../policy/gate.js'
import type { Saying } from './act.js'
import { mayOverride, type Authority } from './authorise.js'
import { fullName } from './evaluate-change.js'
import type { Gatekeeper } from './gatekeeper.js'
import { readPolicies } from './policies.js'
import { Unreadable, type ApiDeployment, type CommentNow, type Lease, type Repository } from './ports.js'
import * as words from './words.js'

/** An override that somebody wants to give before anything asks to be released. */
export interface OverrideAhead {
  readonly environment: string
  /** As written: 7 or more digits. */
  readonly written: string
  readonly reason: string
  readonly by: Person
  readonly comment: CommentNow
  /** Makes it happen once. */
  readonly key: string
  readonly saying: Saying
}

/** The commit that is meant: one that came by the pull request on which it was written; `null`: there is none. */
const meant = async (repository: Repository, { written, comment }: OverrideAhead): Promise<Sha | null> => {
  const sha = await repository.commitNamed(written)
  return sha !== null && (await repository.changesOf(sha)).includes(comment.number) ? sha : null
}

/** What would ask, as far as it can be known: nobody has started it yet, so nobody is involved by that. */
const imagined = (environment: string, sha: Sha, ref: string, now: number): Deployment => ({
  environment,
  sha,
  ref: `refs/heads/${ref}`,
  sameNamedRef: false,
  reachable: true,
  event: 'api',
  by: null,
  startedBy: null,
  attempt: 1,
  workflow: null,
  fork: false,
  requestedAt: now,
  releaseNotes: null,
})

/** Who may override and who is involved in what would ship. @throws {Unreadable} where that cannot be told. */
const factsFor = async (
  { clock, records }: Gatekeeper,
  repository: Repository,
  gate: Gate,
  { environment }: OverrideAhead,
  sha: Sha,
  defaultBranch: string,
): Promise<Facts> => {
  const now = clock.now()
  const groups = gate.layers.flatMap(({ override }) => (override === null ? [] : [membersOf(override.by)]))
  const own = new Set([ask.deployment.key, ask.handovers.key])
  const questions = [...groups, involvementIn(gate)].flatMap(questionsOfAsk).filter(({ key }) => !own.has(key))
  const deployment: ApiDeployment = {
    id: 0,
    sha,
    ref: defaultBranch,
    environment,
    originalEnvironment: environment,
    creator: null,
    byApp: null,
    createdAt: now,
    state: null,
    description: null,
    statuses: [],
  }
  const recordedTip = await records.tip(repository.address.id, defaultBranch, now)
  const subject = { kind: 'api_deployment', environment, deployment, requestedAt: now, recordedTip } as const
  const read = await repository.facts(subject, questions, now, { fresh: true })
  const unread = [...read].find(([, fact]) => !fact.known)
  if (unread !== undefined && !unread[1].known) throw new Unreadable('who may override', unread[1].reason, null)
  return new Map<string, Fact>([
    ...read,
    [ask.deployment.key, known(imagined(environment, sha, defaultBranch, now), 'a trial', now)],
    [ask.handovers.key, known([], 'a trial', now)],
  ])
}

const authorityOf = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  given: OverrideAhead,
  sha: Sha,
): Promise<Authority> => {
  const { defaultBranch, tip } = await repository.state()
  const { policies } = await readPolicies(gatekeeper, repository, tip, { fresh: true })
  const gate = gateOfRelease(policies, {
    repository: fullName(repository),
    defaultBranch,
    environment: given.environment,
  })
  if (gate.problem !== null) throw new Unreadable('the policy', gate.problem.code, null)
  const facts = await factsFor(gatekeeper, repository, gate, given, sha, defaultBranch)
  return mayOverride({ gate, facts, asked: { sha } }, given.by, gatekeeper.clock.now())
}

/**
 * Records an override for (environment, commit) ahead of any deployment. Whether it lifts anything is judged again, by
 * the policy and the people of that day, when something asks.
 * @returns the sentence to reply, `null` where it was said already; `'none'`: the SHA names no commit of this pull request.
 * @throws {Unreadable} where it cannot be told who may.
 */
export const overrideAhead = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  given: OverrideAhead,
): Promise<{ readonly said: string | null } | 'none'> => {
  const { records, subjects, clock } = gatekeeper
  const { installation, id } = repository.address
  const sha = await meant(repository, given)
  if (sha === null) return 'none'
  const { environment, by, key, reason: text, saying } = given
  const asked = { environment, sha, attempt: 1 }
  const authority = await authorityOf(gatekeeper, repository, given, sha)
  const now = clock.now()
  if (!authority.ok) {
    const { code } = authority
    const values = { environment, sha, may: authority.may.map(({ login }) => login) }
    const refusal = { key, installation, repository: id, subject: lease.key, by, act: 'override', code, values }
    const said = words.refused('override', by, asked, authority)
    return { said: (await records.refuse(refusal, now, saying(said))) ? said : null }
  }
  const where = { installation, repository: id, environment, run: null, attempt: null, sha }
  const act = { ...where, key, kind: 'override', by, at: now, text, via: 'comment', expiresAt: null } as const
  const said = words.overrodeAhead(by, environment, sha)
  const fresh = await records.act(act, now, saying(said))
  if (!fresh) return { said: null }
  await subjects.hint([{ kind: 'wake', scope: { repository: id }, about: ['overrides'], sha }], now)
  return { said }
}
