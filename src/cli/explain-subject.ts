import { gateOfRelease, gatesOfChange } from '../policy/composing/gates.js'
import { ask, unknown, type Fact, type Facts, type Sha } from '../policy/facts.js'
import type { Gate } from '../policy/gate.js'
import type { Verdict } from '../policy/verdict.js'
import { fullName } from '../gatekeeper/evaluate-change.js'
import { joined, judgeAll, questionsOfAll } from '../gatekeeper/judge.js'
import { readLayer } from '../gatekeeper/policies.js'
import type { Gatekeeper } from '../gatekeeper/gatekeeper.js'
import { Unreadable, type Clock, type PolicyFile, type Repository } from '../gatekeeper/ports.js'
import { withShippedBefore } from '../gatekeeper/shipped-before.js'
import { releaseFacts, withStoreFacts } from '../gatekeeper/store-facts.js'
import type { Policies } from '../policy/composing/gates.js'
import type { Person } from './person.js'

/** A verdict as of now, and what it could not rest on. */
export interface Explained {
  readonly sha: Sha
  /** `null`: no gate guards it. */
  readonly verdict: Verdict | null
  readonly notes: readonly string[]
}

export interface Looking {
  readonly person: Person
  readonly repository: Repository
  /** The app's records; `null`: not at hand. */
  readonly records: Gatekeeper['records'] | null
  readonly clock: Clock
}

const SOURCE = 'explain'
const ONLY_RECORDED = 'only the app’s own records tell; name their folder with --data'
const NO_APP = 'the app’s own check cannot be told from another’s; name the app with --app-id or APP_ID'
const UNSEEN = 'The organisation’s policy was not seen with this token, and is not applied here.'
const COVERAGE = 'what the installation covers'

/** Both layers, as far as a person is shown them: whether a hidden repository exists, nobody is told. */
export const policiesAt = async (
  repository: Repository,
  commit: Sha,
): Promise<{ policies: Policies; unseen: boolean }> => {
  let unseen = false
  const organisationFile = async (): Promise<PolicyFile | 'none'> => {
    try {
      const found = await repository.organisationPolicy({ fresh: true })
      unseen = found === 'unseen'
      return found === 'unseen' ? 'none' : found
    } catch (error) {
      if (!(error instanceof Unreadable) || error.what !== COVERAGE) throw error
      unseen = true
      return 'none'
    }
  }
  const organisation = await readLayer('organisation', organisationFile)
  const own = await readLayer('repository', () => repository.policyAt(commit))
  return { policies: { organisation: organisation.source, repository: own.source }, unseen }
}

/** Facts that would mislead, because this look does not see what makes them, are unknown. */
const honest = (facts: Facts, { person, records, clock }: Looking): Facts => {
  const hidden = new Map<string, Fact>()
  const hide = (key: string, reason: string) => hidden.set(key, unknown(reason, SOURCE, clock.now()))
  if (person.appId === null && facts.has(ask.protection.key)) hide(ask.protection.key, NO_APP)
  if (records === null)
    for (const { key } of [ask.approvals, ask.handovers, ask.overrides, ask.bypasses, ask.released])
      hide(key, ONLY_RECORDED)
  return new Map([...facts, ...hidden])
}

const notesOf = (unseen: boolean, { records }: Looking, isRelease: boolean): readonly string[] => [
  ...(unseen ? [UNSEEN] : []),
  ...(isRelease && records === null
    ? ['What ships was judged by the merge gate as it reads now: what the app had said then is in its records only.']
    : []),
]

const place = (repository: Repository, defaultBranch: string) => ({ repository: fullName(repository), defaultBranch })

/** @throws {Error} when there is no such pull request; {@link Unreadable} when it cannot be read. */
export const explainChange = async (looking: Looking, number: number): Promise<Explained> => {
  const { repository, clock } = looking
  const state = await repository.change(number)
  if (state === null) throw new Error(`${fullName(repository)} has no pull request #${number} that this token may see`)
  const { policies, unseen } = await policiesAt(repository, state.baseSha)
  const at = place(repository, state.defaultBranch)
  const gates = gatesOfChange(policies, { ...at, base: state.base })
  const read = await state.facts.answer(questionsOfAll(gates, [ask.files]), clock.now())
  const facts = withStoreFacts(read, { fullName: at.repository, defaultBranch: at.defaultBranch }, clock.now())
  const verdict = joined(judgeAll(gates, honest(facts, looking), clock.now()))
  return { sha: state.headSha, verdict, notes: notesOf(unseen, looking, false) }
}

const storeFacts = async (
  { repository, records, clock }: Looking,
  at: { readonly environment: string; readonly run: number; readonly attempt: number; readonly sha: Sha },
): Promise<Facts> => (records === null ? new Map() : releaseFacts({ records, clock }, repository.address, at))

/** The run that waits for this environment, else the newest of the commit. @throws {Error} when it has none. */
const runOf = async ({ person, repository }: Looking, environment: string, sha: Sha): Promise<number> => {
  const { owner, name } = repository.address
  const runs = await person.view.runs(owner, name, sha)
  for (const run of runs) {
    const pending = await repository.pending(run)
    if (pending.some((each) => each.toLowerCase() === environment.toLowerCase())) return run
  }
  const [newest] = runs
  if (newest !== undefined) return newest
  throw new Error(`no workflow ran for ${sha} in ${fullName(repository)}, so nothing asks to enter ${environment}`)
}

/** @throws {Error} when no run of the commit is there; {@link Unreadable} when something cannot be read. */
export const explainRelease = async (looking: Looking, written: string, environment: string): Promise<Explained> => {
  const { person, repository, records, clock } = looking
  const sha = await person.view.commit(repository.address.owner, repository.address.name, written)
  const run = await repository.run(await runOf(looking, environment, sha))
  const { defaultBranch, tip } = await repository.state()
  const { policies, unseen } = await policiesAt(repository, tip)
  const at = place(repository, defaultBranch)
  const gate: Gate = gateOfRelease(policies, { ...at, environment })
  const acts = await storeFacts(looking, { environment, run: run.id, attempt: run.attempt, sha })
  const questions = questionsOfAll([gate]).filter(({ key }) => !acts.has(key) && key !== ask.repository.key)
  const recordedTip = records === null ? null : await records.tip(repository.address.id, defaultBranch, run.startedAt)
  const subject = { kind: 'deployment', environment, run, requestedAt: run.startedAt, recordedTip } as const
  const read = await repository.facts(subject, questions, clock.now(), { fresh: true })
  const before = records ?? { watchedSince: async () => clock.now() + 1 }
  const shipped = await withShippedBefore({ clock, records: before }, repository, policies, read)
  const facts = withStoreFacts(shipped, { fullName: at.repository, defaultBranch }, clock.now(), acts)
  const [verdict = null] = judgeAll([gate], honest(facts, looking), clock.now())
  return { sha, verdict, notes: notesOf(unseen, looking, true) }
}
