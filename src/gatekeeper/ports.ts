import type {
  ApprovalChannel,
  Comment,
  Facts,
  GateAnswer,
  InstallationId,
  Instant,
  Override,
  Person,
  Question,
  ReleaseApproval,
  Review,
  RepositoryId,
  Sha,
  TeamId,
  UserId,
  Handover,
  Bypass,
} from '../policy/facts.js'
import type { Decision, GateKind, Json, Values, Verdict } from '../policy/verdict.js'
import type { Hint, RepositoryAddress, Subject } from './subject.js'

/** Server time in epoch milliseconds; injected everywhere, so that tests have their own. */
export interface Clock {
  now(): Instant
}

// ───────────────────────────── the store ─────────────────────────────

/** A webhook as it arrived, verified, not yet understood. `body` is the raw text that was signed. */
export interface Delivery {
  readonly guid: string
  readonly event: string
  readonly body: string
  readonly receivedAt: Instant
}

/** A delivery with the row that the store gave it; one GUID may come again and is then another row. */
export interface StoredDelivery extends Delivery {
  readonly row: number
  readonly attempts: number
}

export interface Inbox {
  /** Resolves only when the delivery is on disk. Many callers share one commit; a bad row fails only its own caller. */
  accept(delivery: Delivery): Promise<void>
  /** Deliveries not dispatched yet whose turn has come, oldest first. */
  undispatched(now: Instant, limit: number): Promise<readonly StoredDelivery[]>
  /** One transaction: the hints take effect (generation + 1 per touched subject), the ledger gets the delivery, the delivery is done. */
  dispatched(delivery: StoredDelivery, hints: readonly Hint[], now: Instant): Promise<void>
  /** Back-off, and after `limit` attempts a dead letter: kept, listed, never in the way of others. */
  failed(delivery: StoredDelivery, error: string, now: Instant): Promise<void>
  /** How many wait, and since when the oldest. */
  backlog(): Promise<{ readonly waiting: number; readonly oldest: Instant | null; readonly dead: number }>
}

/** A lane leased by this worker. `generation` is what it saw; a newer one means: judge again at once. */
export interface Lease {
  readonly key: string
  readonly subject: Subject
  readonly installation: InstallationId
  readonly lane: string
  readonly owner: string
  readonly generation: number
  readonly attempts: number
  /** The SHA this subject was last known to be about. */
  readonly sha: Sha | null
}

/** What a look at a subject came to. */
export interface Judged {
  /** Time alone may change the verdict then; the timer obeys. */
  readonly lookAgainAt: Instant | null
  /** Keys of the facts it asked: an event wakes only subjects that asked its fact. */
  readonly asked: readonly string[]
  readonly sha: Sha | null
  /** Nothing can change it any more (closed, superseded, answered): no look-again, no wake, until touched again. */
  readonly finished: boolean
}

export interface Subjects {
  /** Apply hints outside a delivery (sweep, commands, follow-ups), in one transaction. */
  hint(hints: readonly Hint[], now: Instant): Promise<void>
  /** Lease up to `limit` lanes that have something due (generation above judged, or look-again passed), by priority, then age. Never two leases of a lane. */
  lease(owner: string, now: Instant, limit: number, ttl: number): Promise<readonly Lease[]>
  renew(lease: Lease, now: Instant, ttl: number): Promise<boolean>
  /** Whether this lease is still ours; asked before every answer. */
  holds(lease: Lease, now: Instant): Promise<boolean>
  judged(lease: Lease, judged: Judged, now: Instant): Promise<void>
  /** Hands the lane back with back-off; after `limit` attempts a dead letter, raised again by the sweep. */
  failed(lease: Lease, error: string, retryAt: Instant, now: Instant): Promise<void>
  /** Hand everything back (graceful stop). */
  handBack(owner: string): Promise<void>
  /** Known, unfinished subjects of a lane (several pull requests may share a head). */
  inLane(lane: string): Promise<readonly Subject[]>
  /** Waiting deployments of a repository. */
  waiting(repository: RepositoryId): Promise<readonly Subject[]>
  /** Merge groups of a repository that nobody finished. */
  groups(repository: RepositoryId): Promise<readonly Extract<Subject, { readonly kind: 'group' }>[]>
  /** When the next one falls due; `null`: nothing scheduled. */
  nextDue(now: Instant): Promise<Instant | null>
  address(repository: RepositoryId): Promise<RepositoryAddress | null>
  addresses(): Promise<readonly RepositoryAddress[]>
}

export type LedgerKind =
  | 'delivery'
  | 'verdict'
  | 'approval'
  | 'rejection'
  | 'handover'
  | 'override'
  | 'override_review'
  | 'refusal'
  | 'intent'
  | 'outcome'
  | 'incident'
  | 'bypass_review'
  | 'pin'
  | 'settings'
  | 'tip'
  | 'lock'

/** One entry of the chain. `hash` covers everything else and `previous`. */
export interface LedgerEntry {
  readonly sequence: number
  readonly at: Instant
  readonly kind: LedgerKind
  readonly installation: InstallationId | null
  readonly repository: RepositoryId | null
  readonly subject: string | null
  readonly body: { readonly [key: string]: Json }
  readonly previous: string
  readonly hash: string
}

/** Which entries to read: `from` inclusive, `to` exclusive, in epoch milliseconds; all that is given must hold. */
export interface LedgerFilter {
  readonly from?: Instant
  readonly to?: Instant
  readonly kinds?: readonly LedgerKind[]
  readonly repository?: RepositoryId
  readonly subject?: string
}

/**
 * What recomputing the chain came to. `hash`: the entry says something else than what was hashed; `previous`: it does
 * not follow the one before; `gap`: it is missing; `tail`: it and all after it are missing; `head`: the record of the
 * last entry differs. `verified`: up to this sequence the chain is whole.
 */
export type Verification =
  | { readonly ok: true; readonly entries: number; readonly hash: string }
  | {
      readonly ok: false
      /** The first broken entry. */
      readonly sequence: number
      readonly problem: 'hash' | 'previous' | 'gap' | 'tail' | 'head'
      readonly detail: string
      readonly verified: number
    }

/** The ledger for those who only read it: audit, replay, pages. Entries come in order, never all at once in memory. */
export interface LedgerReader {
  entries(filter?: LedgerFilter): AsyncIterable<LedgerEntry>
  head(): Promise<{ readonly sequence: number; readonly hash: string } | null>
  verify(): Promise<Verification>
}

/** A verdict as it is kept: with the facts and the policy it rests on, so that it can be replayed. */
export interface VerdictRecord {
  readonly subject: string
  readonly repository: RepositoryId
  readonly installation: InstallationId
  readonly sha: Sha
  readonly attempt: number | null
  readonly number: number | null
  readonly verdict: Verdict
  readonly facts: Facts
  readonly policy: { readonly organisation: string | null; readonly repository: string | null }
}

/** Something about to be said to GitHub. Written before the call; settled after it, or at the next start by asking GitHub. */
export interface Intent {
  readonly installation: InstallationId
  readonly repository: RepositoryId
  readonly subject: string
  readonly what: 'check' | 'approve' | 'reject' | 'report' | 'status' | 'reply' | 'cancel'
  /** Check name, environment or pull request number. */
  readonly target: string
  readonly sha: Sha | null
  readonly run: number | null
  readonly attempt: number | null
  readonly body: { readonly [key: string]: Json }
}
export interface StoredIntent extends Intent {
  readonly id: number
  readonly at: Instant
}

/** A person's act on a release. `key` makes it happen once (`comment/123`, `press/<delivery>`). */
export interface ReleaseAct {
  readonly key: string
  readonly installation: InstallationId
  readonly repository: RepositoryId
  readonly environment: string
  /** `null` for an override given ahead of any run. */
  readonly run: number | null
  readonly attempt: number | null
  readonly sha: Sha
  readonly kind: 'approve' | 'reject' | 'release' | 'override'
  readonly by: Person
  readonly at: Instant
  readonly text: string
  readonly via: ApprovalChannel
  readonly expiresAt: Instant | null
}

export interface Refusal {
  readonly key: string
  readonly installation: InstallationId
  readonly repository: RepositoryId
  readonly subject: string
  readonly by: Person
  readonly act: string
  readonly code: string
  readonly values: Values
}

/** A policy file's text, where it stood, and the commit it was read at. */
export interface KeptPolicy {
  readonly commit: Sha
  readonly path: string
  readonly text: string
}

export interface Records {
  /**
   * Appends a verdict if decision, findings or look-again differ from the last of (subject, gate kind, gate, sha,
   * attempt); `since`: when its decision began.
   */
  verdict(record: VerdictRecord, now: Instant): Promise<{ readonly changed: boolean; readonly since: Instant }>
  /** What the merge gate said last of this pull request's head. */
  mergeGate(repository: RepositoryId, number: number, head: Sha): Promise<GateAnswer>
  /** What the push gate said of this commit; `none`: never judged. */
  pushGate(repository: RepositoryId, sha: Sha): Promise<GateAnswer>
  intend(intent: Intent, now: Instant): Promise<number>
  settle(intent: number, outcome: { readonly ok: boolean; readonly detail: Values }, now: Instant): Promise<void>
  unsettled(): Promise<readonly StoredIntent[]>
  /** Our approvals of this environment (settled well or still open intents), newest first. */
  approvedRuns(
    repository: RepositoryId,
    environment: string,
  ): Promise<
    readonly {
      readonly run: number | null
      readonly attempt: number | null
      readonly sha: Sha
      readonly at: Instant
      readonly settled: boolean
    }[]
  >
  rejectedAt(repository: RepositoryId, environment: string, sha: Sha): Promise<Instant | null>
  /** When we rejected this very attempt (a settled intent); `null`: we did not. */
  rejectedRun(repository: RepositoryId, environment: string, run: number, attempt: number): Promise<Instant | null>
  /** How many reports were sent for (run, environment), and the last text. */
  reports(
    repository: RepositoryId,
    run: number,
    environment: string,
    attempt: number,
  ): Promise<{ readonly count: number; readonly last: string | null }>
  /** The check run this app posted last: what it said and under which id. */
  lastCheck(
    repository: RepositoryId,
    sha: Sha,
    name: string,
  ): Promise<{
    readonly id: number | null
    readonly digest: string
    readonly completed: boolean
    readonly at: Instant
  } | null>

  /** Appends the act with its ledger entry; false: this key was there already, and nothing happened. */
  act(act: ReleaseAct, now: Instant): Promise<boolean>
  /** True the first time this key is seen: for acts that leave no other trace. */
  once(key: string, now: Instant): Promise<boolean>
  refuse(refusal: Refusal, now: Instant): Promise<boolean>
  approvals(
    repository: RepositoryId,
    environment: string,
    run: number,
    attempt: number,
  ): Promise<readonly ReleaseApproval[]>
  handovers(repository: RepositoryId, environment: string, run: number, attempt: number): Promise<readonly Handover[]>
  overrides(repository: RepositoryId, environment: string, sha: Sha): Promise<readonly Override[]>
  spendOverrides(repository: RepositoryId, environment: string, sha: Sha, now: Instant): Promise<void>
  bypasses(repository: RepositoryId, environment: string): Promise<readonly Bypass[]>
  /** A job started without us; false: this one is on record already. */
  incident(
    incident: {
      readonly key: string
      readonly installation: InstallationId
      readonly repository: RepositoryId
      readonly environment: string
      readonly run: number | null
      readonly attempt: number | null
      readonly sha: Sha
      readonly values: Values
    },
    now: Instant,
  ): Promise<boolean>

  /** The team or user id first seen under this name for this policy; pins it when there is none. */
  pin(scope: string, name: string, id: TeamId | UserId, now: Instant): Promise<number>
  unpin(scope: string, now: Instant): Promise<void>
  /** The organisation's policy file as it was last read and valid, for when the next one is not. */
  keepPolicy(installation: InstallationId, kept: KeptPolicy, now: Instant): Promise<void>
  keptPolicy(installation: InstallationId): Promise<KeptPolicy | null>
  /**
   * The branch's tip as first recorded, at an instant or before it: where the app's knowledge begins. Not the newest:
   * a direct push that was recorded as a tip must still be among what ships.
   */
  tip(repository: RepositoryId, branch: string, before: Instant): Promise<Sha | null>
  /** Since when this repository is watched: its first record of a tip; `null`: nothing on record. */
  watchedSince(repository: RepositoryId): Promise<Instant | null>
  /** Whether this run ever asked us for this environment. */
  wasAsked(repository: RepositoryId, environment: string, run: number): Promise<boolean>
  recordTip(repository: RepositoryId, branch: string, sha: Sha, now: Instant): Promise<void>
  /** Takes the environment's lock for (run, attempt, sha), or tells who holds it. Released when its deployment ends, or at `until`. */
  lock(
    repository: RepositoryId,
    environment: string,
    holder: string,
    sha: Sha,
    now: Instant,
  ): Promise<{ readonly ok: boolean; readonly holder: string; readonly sha: Sha; readonly since: Instant }>
  unlock(repository: RepositoryId, environment: string, holder: string, now: Instant): Promise<void>
  locks(
    repository: RepositoryId,
  ): Promise<
    readonly { readonly environment: string; readonly holder: string; readonly sha: Sha; readonly at: Instant }[]
  >
  /** When this environment was first asked for with this SHA, run and attempt. */
  firstAsked(
    repository: RepositoryId,
    environment: string,
    run: number,
    attempt: number,
    sha: Sha,
    now: Instant,
  ): Promise<Instant>
}

/** An override or a bypass that still wants its review. `key` names it to {@link Debts.review}. */
export interface Debt {
  readonly key: string
  readonly kind: 'override' | 'bypass'
  readonly environment: string
  readonly sha: Sha
  readonly at: Instant
  /** Who overrode; `null` for a bypass. */
  readonly by: Person | null
}

/** The closing of debts that overrides and bypasses opened. */
export interface Debts {
  debts(repository: RepositoryId, environment: string): Promise<readonly Debt[]>
  /** Closes a debt with its ledger entry; false: there is no such open debt. Who may do so is the caller's question. */
  review(debt: Pick<Debt, 'kind' | 'key'>, by: Person, text: string, now: Instant): Promise<boolean>
}

// ───────────────────────────── GitHub ─────────────────────────────

/**
 * GitHub could not be asked, or did not answer whole. Never to be taken for "there is none". `retryAt` is what GitHub
 * asked for, in epoch milliseconds.
 */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  constructor(
    readonly what: string,
    readonly reason: string,
    readonly status: number | null,
    readonly retryAt: Instant | null = null,
    options?: ErrorOptions,
  ) {
    super(`${what} could not be read: ${reason}`, options)
  }
}

/** `absent`: the tree at this commit was read and the path is not in it. Everything else that is not a file throws. */
export interface PolicyFile {
  readonly commit: Sha
  readonly file: { readonly path: string; readonly text: string } | null
}

/** Problems of finding the one policy file that the text cannot show: two candidates, a symlink, too large. */
export class BadPolicyFile extends Error {
  override readonly name = 'BadPolicyFile'
  constructor(
    readonly path: string,
    readonly problem: string,
    readonly commit: Sha,
  ) {
    super(`${path}: ${problem}`)
  }
}

/** Scenario files of one commit; what they name is read at the same commit, never elsewhere. */
export interface ScenarioFiles {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Those that were not read, too many or too large, each as `path: why`. */
  readonly leftOut: readonly string[]
  /** Another file of the commit, by its path from the root; `null`: the trees were read, and it is no text file there. */
  read(path: string): Promise<string | null>
}

/** The state of a pull request that decides what to do with it, besides its facts. */
export interface ChangeState {
  readonly open: boolean
  readonly merged: boolean
  readonly mergedAt: Instant | null
  readonly headSha: Sha
  readonly base: string
  /** The tip of the base branch: the policy is read there. */
  readonly baseSha: Sha
  readonly defaultBranch: string
  /** Other open pull requests with this head. */
  readonly sharedBy: readonly number[]
  /** This app's newest check runs on the head, by name. */
  readonly checks: readonly PostedCheck[]
  /** Paths of policy, scenario and workflow files that it changes; `null` where the file list could not be read whole. */
  readonly facts: ChangeFacts
}

/** Facts of a pull request, from one query. */
export interface ChangeFacts {
  answer(questions: readonly Question[], now: Instant): Promise<Facts>
}

export interface PostedCheck {
  readonly id: number
  readonly name: string
  readonly status: 'queued' | 'in_progress' | 'completed'
  readonly conclusion: string | null
  /** What we had written there: the digest of what it says. */
  readonly externalId: string
}

export interface WorkflowRun {
  readonly id: number
  readonly attempt: number
  readonly sha: Sha
  readonly branch: string | null
  readonly event: string
  readonly status: string
  readonly conclusion: string | null
  readonly path: string
  readonly actor: Person | null
  readonly triggeringActor: Person | null
  readonly fork: boolean
  readonly createdAt: Instant
  readonly startedAt: Instant
}

export interface ApiDeployment {
  readonly id: number
  /** GitHub's global id, by which GraphQL knows it. */
  readonly node?: string | undefined
  readonly sha: Sha
  readonly ref: string
  readonly environment: string
  readonly originalEnvironment: string
  readonly creator: Person | null
  readonly byApp: string | null
  readonly createdAt: Instant
  /** Newest status. */
  readonly state: string | null
  readonly description: string | null
}

/** What a push or a deployment needs before its facts can be read. */
export type FactSubject =
  | {
      readonly kind: 'push'
      readonly branch: string
      readonly before: Sha | null
      readonly after: Sha
      readonly by: number | null
    }
  | { readonly kind: 'group'; readonly sha: Sha; readonly base: string; readonly baseSha: Sha }
  | {
      readonly kind: 'deployment'
      readonly environment: string
      readonly run: WorkflowRun
      readonly requestedAt: Instant
      /** The default-branch tip that was on record before this request. */
      readonly recordedTip: Sha | null
    }
  | {
      readonly kind: 'api_deployment'
      readonly environment: string
      readonly deployment: ApiDeployment
      readonly requestedAt: Instant
      readonly recordedTip: Sha | null
    }

/** An action button of a check run: label ≤ 20, description ≤ 40, identifier ≤ 20 characters. */
export interface CheckAction {
  readonly label: string
  readonly description: string
  readonly identifier: string
}

export interface Annotation {
  readonly path: string
  readonly line: number
  readonly endLine: number
  readonly level: 'failure' | 'warning' | 'notice'
  readonly message: string
}

/** A check run to show. `conclusion` is never `neutral` or `skipped`: GitHub counts both as green. */
export interface CheckToPost {
  readonly name: string
  readonly sha: Sha
  readonly conclusion: 'success' | 'failure' | null
  readonly title: string
  readonly summary: string
  readonly text?: string
  readonly actions?: readonly CheckAction[]
  readonly annotations?: readonly Annotation[]
  readonly detailsUrl?: string
  readonly externalId: string
}

/** A comment on a pull request as GitHub has it now. */
export interface CommentNow extends Comment {
  readonly id: number
  readonly number: number
}

/** Everything that is read from and said to GitHub for one repository. Every read is whole or throws {@link Unreadable}. */
export interface Repository {
  readonly address: RepositoryAddress
  /** Name, default branch and its tip, visibility; the id is verified: a name that now means another repository throws. */
  state(): Promise<{
    readonly owner: string
    readonly name: string
    readonly ownerKind: 'organization' | 'user'
    readonly defaultBranch: string
    readonly tip: Sha
    readonly private: boolean
    readonly archived: boolean
  }>
  /** The repository's own policy file at a commit; kept by (repository, commit). */
  policyAt(commit: Sha): Promise<PolicyFile>
  /** The organisation's policy file at its default branch's tip; `none`: there is no such repository that this installation may see (see `ORGANISATION_POLICY`). */
  organisationPolicy(options: { readonly fresh: boolean }): Promise<PolicyFile | 'none'>
  /** The organisation's file as this repository has it at a commit; `null`: its policy does not stand in this repository. */
  organisationPolicyAt(commit: Sha): Promise<PolicyFile | null>
  /** Every `*.gates-test.yml` under `.github` at a commit (in the organisation's policy repository: anywhere). */
  scenarioFilesAt(commit: Sha): Promise<ScenarioFiles>
  /** One query. `null`: there is no such pull request. */
  change(number: number): Promise<ChangeState | null>
  facts(
    subject: FactSubject,
    questions: readonly Question[],
    now: Instant,
    options: { readonly fresh: boolean },
  ): Promise<Facts>
  run(id: number): Promise<WorkflowRun>
  apiDeployment(id: number): Promise<ApiDeployment>
  /** Environments of this run that still wait for a decision. */
  pending(run: number): Promise<readonly string[]>
  /** GitHub's own environment reviews of a run; GitHub tells neither their time nor their attempt. */
  environmentReviews(run: number): Promise<
    readonly {
      readonly environments: readonly string[]
      readonly by: Person
      readonly state: 'approved' | 'rejected'
      readonly comment: string
    }[]
  >
  /** Reviews, on any pull request, of exactly this commit; dismissed ones are told as such. */
  reviewsOf(sha: Sha): Promise<readonly Review[]>
  /** Open pull requests (their numbers), waiting runs: what a sweep looks at. */
  openChanges(): Promise<readonly number[]>
  waitingRuns(): Promise<readonly number[]>
  comment(id: number): Promise<CommentNow | null>
  /** Open or merged pull requests that have this commit. */
  changesOf(sha: Sha): Promise<readonly number[]>
  /**
   * Pull requests of a merge group, from the queue's entries and from its commits beyond the branch; a commit that maps to
   * none throws. None: the group has landed.
   */
  changesOfGroup(group: { readonly sha: Sha; readonly base: string; readonly baseSha: Sha }): Promise<readonly number[]>
  user(login: string): Promise<Person | null>
  /** The login that this id has now. */
  userById(id: UserId): Promise<Person | null>

  newestCheck(sha: Sha, name: string): Promise<PostedCheck | null>
  checkById(id: number): Promise<(PostedCheck & { readonly sha: Sha; readonly own: boolean }) | null>
  /** A new check run of this name: the only way to close a gate that was green. */
  postCheck(check: CheckToPost): Promise<number>
  updateCheck(id: number, check: CheckToPost): Promise<void>
  /** A status report of at most 1,024 characters; no decision. */
  report(run: number, environment: string, text: string): Promise<void>
  answer(run: number, environment: string, state: 'approved' | 'rejected', comment: string): Promise<void>
  deploymentStatus(deployment: number, state: 'queued' | 'pending' | 'failure', description: string): Promise<void>
  reply(number: number, body: string): Promise<number>
  cancel(run: number): Promise<void>
}

export interface GitHub {
  repository(address: RepositoryAddress): Promise<Repository>
  /** Every installation's repositories, for the sweep. */
  installations(): Promise<
    readonly { readonly id: InstallationId; readonly account: string; readonly suspended: boolean }[]
  >
  repositories(installation: InstallationId): Promise<readonly RepositoryAddress[]>
  /** Server clock minus ours, in milliseconds, as the last replies showed; `null`: nothing seen yet. */
  clockOffset(): number | null
  /** Deliveries GitHub could not hand over since an instant. */
  failedDeliveries(
    since: Instant,
  ): Promise<
    readonly { readonly id: number; readonly guid: string; readonly event: string; readonly deliveredAt: Instant }[]
  >
  deliveryBody(id: number): Promise<Delivery>
}

/** What GitHub and the records together say; readers fill in what only we know (`gate`, `throughUs`). */
export type ReaderRecords = Pick<Records, 'mergeGate' | 'approvedRuns' | 'rejectedAt' | 'pin' | 'locks'>

export type Logger = {
  readonly [Level in 'debug' | 'info' | 'warn' | 'error']: (values: object, message: string) => void
}

export type { Decision, GateKind }
