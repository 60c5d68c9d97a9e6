import type {
  Comment,
  Facts,
  InstallationId,
  Instant,
  Person,
  Question,
  Review,
  Sha,
  UserId,
  RepositoryId,
} from '../policy/facts.js'
import type { RepositoryAddress } from './subject.js'
import type { Delivery } from './store-ports.js'

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
  /** Every status that it was given, in no order. */
  readonly statuses: readonly { readonly state: string; readonly description: string | null; readonly at: Instant }[]
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
  /**
   * The organisation's policy file at its default branch's tip. `none`: there is no such repository, for the installation
   * covers all. `unseen`: the installation is shown none and covers only some (see `ORGANISATION_POLICY`).
   */
  organisationPolicy(options: { readonly fresh: boolean }): Promise<PolicyFile | 'none' | 'unseen'>
  /** The organisation's file as this repository has it at a commit; `null`: its policy does not stand in this repository. */
  organisationPolicyAt(commit: Sha): Promise<PolicyFile | null>
  /** Where a head left its base: their newest common ancestor. */
  mergeBase(base: Sha, head: Sha): Promise<Sha>
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
  /** Every run of a commit: their ids. */
  runsOf(sha: Sha): Promise<readonly number[]>
  apiDeployment(id: number): Promise<ApiDeployment>
  /** Environments of this run that still wait for a decision. */
  pending(run: number): Promise<readonly string[]>
  /** When jobs of this run, whose commit this is, started in an environment, as GitHub's deployments tell. */
  entered(run: number, environment: string, sha: Sha): Promise<readonly Instant[]>
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
  /** The whole id of the commit that 7 or more digits name; `null`: none, or more than one. */
  commitNamed(digits: string): Promise<Sha | null>
  /** The commit that a branch is at; `null`: there is no such branch. */
  branchTip(name: string): Promise<Sha | null>
  user(login: string): Promise<Person | null>
  /** The login that this id has now. */
  userById(id: UserId): Promise<Person | null>

  newestCheck(sha: Sha, name: string): Promise<PostedCheck | null>
  checkById(id: number): Promise<(PostedCheck & { readonly sha: Sha; readonly own: boolean }) | null>
  /** A new check run of this name: the only way to close a gate that was green. */
  postCheck(check: CheckToPost): Promise<number>
  /** False: GitHub left it as it was, for the run has ended. */
  updateCheck(id: number, check: CheckToPost): Promise<boolean>
  /** A status report of at most 1,024 characters; no decision. */
  report(run: number, environment: string, text: string): Promise<void>
  answer(run: number, environment: string, state: 'approved' | 'rejected', comment: string): Promise<void>
  deploymentStatus(deployment: number, state: 'queued' | 'pending' | 'failure', description: string): Promise<void>
  /** A comment; `mark`, which people do not see, is what {@link Repository.replied} finds it by. */
  reply(number: number, body: string, mark: string): Promise<number>
  /** This app's comment with that mark among those since an instant; `null`: there is none. */
  replied(number: number, mark: string, since: Instant): Promise<number | null>
  cancel(run: number): Promise<void>
}

/**
 * How urgent a call to GitHub is, when not all can be made. `release`: deployments and people's acts; `change`: pull
 * requests and pushes that something has just happened to; `background`: fan-outs and sweeps, which can wait.
 */
export type Urgency = 'release' | 'change' | 'background'

/** For what GitHub is asked. */
export interface Purpose {
  readonly urgency: Urgency
  /** The kind of subject that is looked at, or `sweep`, as metrics tell it. */
  readonly about: string
  /** GUID of the delivery that led to it, for the log; `null` or absent: none did. */
  readonly delivery?: string | null
}

/** What can be told of a repository without looking at it. */
export interface Glance {
  /** An open pull request, or one of the newest deployments waits. */
  readonly hasOpen: boolean
  /** Of its default branch; `null`: there is no commit yet. */
  readonly tip: { readonly branch: string; readonly sha: Sha } | null
}

export interface GitHub {
  /** `purpose` absent: something that a change's look would do. */
  repository(address: RepositoryAddress, purpose?: Purpose): Promise<Repository>
  /** Every installation's repositories, for the sweep. */
  installations(): Promise<
    readonly { readonly id: InstallationId; readonly account: string; readonly suspended: boolean }[]
  >
  repositories(installation: InstallationId): Promise<readonly RepositoryAddress[]>
  /**
   * What is open in these, a hundred a call. One that is not among the answers could not be read: it has to be looked at.
   */
  glances(
    installation: InstallationId,
    addresses: readonly RepositoryAddress[],
  ): Promise<ReadonlyMap<RepositoryId, Glance>>
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
