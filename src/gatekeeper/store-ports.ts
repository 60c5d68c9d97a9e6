import type {
  ApprovalChannel,
  Duration,
  Facts,
  GateAnswer,
  InstallationId,
  Instant,
  Override,
  Person,
  ReleaseApproval,
  RepositoryId,
  Sha,
  TeamId,
  UserId,
  Handover,
  Bypass,
} from '../policy/facts.js'
import type { Json, Values, Verdict } from '../policy/verdict.js'
import type { Hint, RepositoryAddress, Subject } from './subject.js'

/** A webhook as it arrived, verified, not yet understood. `body` is the raw text that was signed, or its UTF-8. */
export interface Delivery {
  readonly guid: string
  readonly event: string
  readonly body: string | Buffer
  readonly receivedAt: Instant
}

/** A delivery with the number that the store gave it; one GUID may come again and has then another number. */
export interface StoredDelivery extends Delivery {
  readonly body: string
  readonly row: number
  readonly attempts: number
}

/** A delivery whose subject had not been looked at yet when a later one touched it: one look is for both. */
export interface Coalesced {
  readonly subject: string
  /** GUID of the earlier one. */
  readonly delivery: string
}

/** The store would not take what a delivery means, and would not the next time either: the delivery is to blame. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused'
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

export interface Inbox {
  /** Resolves only when the delivery is on disk. Many callers share one commit; a bad row fails only its own caller. */
  accept(delivery: Delivery): Promise<void>
  /** Deliveries not dispatched yet whose turn has come, oldest first. */
  undispatched(now: Instant, limit: number): Promise<readonly StoredDelivery[]>
  /**
   * One transaction: the hints take effect (generation + 1 per touched subject), the ledger gets the delivery, the delivery
   * is done. Tells which earlier ones its looks are for, too.
   * @throws {DeliveryRefused} when the delivery is to blame; any other error is the store's own, and says nothing of it.
   */
  dispatched(delivery: StoredDelivery, hints: readonly Hint[], now: Instant): Promise<readonly Coalesced[]>
  /** Back-off, and after `limit` attempts a dead letter: kept, listed, never in the way of others. */
  failed(delivery: StoredDelivery, error: string, now: Instant): Promise<void>
  /** How many wait, and since when the oldest that was not tried: one that fails again and again tells of itself alone. */
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
  /** How early it was leased: lower goes first (`PRIORITY`). */
  readonly priority: number
  /** The SHA this subject was last known to be about. */
  readonly sha: Sha | null
  /** GUID of the delivery that touched it last: log lines and ledger entries of the look carry it. `null`: a sweep did. */
  readonly delivery: string | null
}

/** Its lane was taken over: what was found under this lease counts no more, and nothing of it is written or said. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
  constructor(readonly key: string) {
    super(`the lease of ${key} was taken over`)
  }
}

/**
 * How long a lease lives without renewal, in milliseconds; perhaps by the kind of its subject. When an instance is killed,
 * another one takes its lane over after this long.
 */
export type Lifetime = Duration | ((kind: Subject['kind']) => Duration)

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
  /**
   * Lease up to `limit` lanes that have something due (generation above judged, or look-again passed), by priority, then
   * each installation in its turn, then age. Never two leases of a lane.
   * @param each leases of one installation at most, with those that the owner has; deployments and people's acts go beyond.
   */
  lease(owner: string, now: Instant, limit: number, ttl: Lifetime, each?: number): Promise<readonly Lease[]>
  renew(lease: Lease, now: Instant, ttl: Duration): Promise<boolean>
  /** Whether this lease is still ours; asked before every answer. */
  holds(lease: Lease, now: Instant): Promise<boolean>
  judged(lease: Lease, judged: Judged, now: Instant): Promise<void>
  /** Hands the lane back with back-off; after `limit` attempts a dead letter, raised again by the sweep. */
  failed(lease: Lease, error: string, retryAt: Instant, now: Instant): Promise<void>
  /** The server's clock went back, from one instant to an earlier one: what was to come soon still comes soon. */
  clockWentBack(from: Instant, to: Instant): Promise<void>
  /** Dead letters that were touched since this instant are tried again; once only where a worker did not come back. */
  raiseDead(since: Instant, now: Instant): Promise<void>
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
  | 'erasure'
  | 'retention'

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
 * last entry differs; `side`: a name, a text or facts that it refers to are changed, or missing without a record of it;
 * `cut`: the entries before it are missing without a record of it. `verified`: up to this sequence the chain is whole.
 */
export type Verification =
  | {
      readonly ok: true
      readonly entries: number
      readonly hash: string
      /** The last entry that was kept long enough: the chain begins after it. `null`: it begins with its first. */
      readonly cut: { readonly sequence: number; readonly hash: string } | null
      /** References to names, texts and facts: those that hold, that were erased, that were kept long enough. */
      readonly sides: { readonly kept: number; readonly erased: number; readonly expired: number }
    }
  | {
      readonly ok: false
      /** The first broken entry. */
      readonly sequence: number
      readonly problem: 'hash' | 'previous' | 'gap' | 'tail' | 'head' | 'side' | 'cut'
      readonly detail: string
      readonly verified: number
    }

/** The ledger for those who only read it: audit, replay, pages. Entries come in order, never all at once in memory. */
export interface LedgerReader {
  /** With names, texts and facts in their places, as far as they are kept. */
  entries(filter?: LedgerFilter): AsyncIterable<LedgerEntry>
  /** As they were hashed: references in the places of names, texts and facts. */
  chained(filter?: LedgerFilter): AsyncIterable<LedgerEntry>
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
  /**
   * An approval that rests on overrides: in the same transaction they are spent, for this attempt alone, which may say it
   * again as long as nobody knows that GitHub took it. `null`: they were used meanwhile; nothing is on record.
   */
  intendByOverride(intent: Intent, now: Instant): Promise<number | null>
  /** `refused`: GitHub definitely did not take it, so that what it spent can be used again. */
  settle(
    intent: number,
    outcome: { readonly ok: boolean; readonly refused?: boolean; readonly detail: Values },
    now: Instant,
  ): Promise<void>
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
  /** What this app meant to say in a check run since the last that GitHub took, and does not know whether it did. */
  doubtfulChecks(
    repository: RepositoryId,
    sha: Sha,
    name: string,
  ): Promise<
    readonly {
      readonly intent: number
      readonly digest: string
      readonly completed: boolean
      readonly at: Instant
    }[]
  >

  /**
   * Appends the act with its ledger entry; false: this key was there already, and nothing happened. `saying` is what will
   * be said of it, an intent in the same transaction: a crash loses both or none. So with the next two.
   */
  act(act: ReleaseAct, now: Instant, saying?: Intent): Promise<boolean>
  /** True the first time this key is seen: for acts that leave no other trace. */
  once(key: string, now: Instant, saying?: Intent): Promise<boolean>
  refuse(refusal: Refusal, now: Instant, saying?: Intent): Promise<boolean>
  approvals(
    repository: RepositoryId,
    environment: string,
    run: number,
    attempt: number,
  ): Promise<readonly ReleaseApproval[]>
  handovers(repository: RepositoryId, environment: string, run: number, attempt: number): Promise<readonly Handover[]>
  /** As the attempt that is `answering` may use them: what its own answer spent, and may not have been given, is unspent. */
  overrides(
    repository: RepositoryId,
    environment: string,
    sha: Sha,
    answering?: { readonly run: number; readonly attempt: number },
  ): Promise<readonly Override[]>
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
  /**
   * Remembers what a layer's `groups` say for a repository, by a fingerprint. Where it is another one than the last, the
   * pins of that layer's names are released in the same transaction: the organisation's are those that its file names.
   * @returns whether they were released.
   */
  groupsSeen(
    repository: RepositoryId,
    groups: {
      readonly layer: 'organisation' | 'repository'
      readonly fingerprint: number
      readonly organisationNames: readonly string[]
    },
    now: Instant,
  ): Promise<boolean>
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
