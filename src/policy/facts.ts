/**
 * What a gate may know. Every value here was read whole from GitHub or from our own store, or it is *unknown* with the
 * reason; there is no third state, and no partial list. Scenario files build the same values without a network.
 */

declare const brand: unique symbol
type Branded<T, Name extends string> = T & { readonly [brand]: Name }

export type UserId = Branded<number, 'UserId'>
export type TeamId = Branded<number, 'TeamId'>
export type RepositoryId = Branded<number, 'RepositoryId'>
export type InstallationId = Branded<number, 'InstallationId'>

export const userId = (id: number): UserId => id as UserId
export const teamId = (id: number): TeamId => id as TeamId
export const repositoryId = (id: number): RepositoryId => id as RepositoryId
export const installationId = (id: number): InstallationId => id as InstallationId

/** A full commit id as GitHub writes it: 40 lower-case hex digits. Scenario files use any short name. */
export type Sha = string
/** Epoch milliseconds, UTC. */
export type Instant = number
/** Milliseconds. */
export type Duration = number

/** An account. Ids decide, logins are for display. */
export interface Person {
  readonly id: UserId
  readonly login: string
  readonly kind: 'user' | 'app'
}

/**
 * Who a commit names: an account, `'github'` (GitHub's own web-flow committer, with GitHub's signature), or `null` for
 * an e-mail address that belongs to no account.
 */
export type Signatory = Person | 'github' | null

export interface Commit {
  readonly sha: Sha
  readonly author: Signatory
  readonly committer: Signatory
  readonly coAuthors: readonly Signatory[]
  readonly parents: readonly Sha[]
  readonly message: string
  /** Made and signed by GitHub (web editor, merge button, merge queue). */
  readonly madeByGitHub: boolean
  /** `null`: not signed or not verified; `'github'`: signed by GitHub itself. */
  readonly signedBy: Signatory
  readonly pushedAt: Instant | null
}

export type ReviewState = 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending'

/** A pull request review as GitHub has it now. A missing author, commit or time makes it count for nothing. */
export interface Review {
  readonly by: Person | null
  readonly state: ReviewState
  readonly commit: Sha | null
  readonly at: Instant | null
  readonly body: string
}

export interface Comment {
  readonly by: Person | null
  readonly body: string
  readonly at: Instant
  /** When it was last edited, by anyone; `null`: never. */
  readonly editedAt: Instant | null
  readonly editedBy: Person | null
  readonly viaEmail: boolean
}

export interface ChangedFile {
  readonly path: string
  /** The name before a rename: a rename is a deletion and an addition. */
  readonly previous: string | null
  readonly additions: number
  readonly deletions: number
}

/** The newest result of one name, app and suite on the judged SHA. */
export interface CheckResult {
  readonly name: string
  readonly kind: 'run' | 'status'
  /** Slug of the reporting app; `null` for a status made with a person's token. */
  readonly app: string | null
  /** Who set a commit status. */
  readonly by: Person | null
  /** Path of the workflow file whose run made it, where GitHub tells. */
  readonly workflow: string | null
  /** GitHub's conclusion in lower case (`success`, `failure`, `skipped` …), or `running` while there is none. */
  readonly conclusion: string
  readonly at: Instant
}

export interface WorkflowResult {
  readonly path: string
  readonly conclusion: string
}

/** A pull request on its way into its base branch. */
export interface Change {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly author: Person | null
  readonly base: string
  readonly head: string
  readonly headSha: Sha
  readonly fork: boolean
  readonly draft: boolean
  readonly labels: readonly string[]
  readonly openedAt: Instant
  /** When the base branch was last changed; what was approved before it is void. */
  readonly retargetedAt: Instant | null
  /** When its head was last replaced rather than added to; before it, a commit's first digits may have meant another. */
  readonly forcePushedAt?: Instant | null
  /** Who enqueued it (merge queue) or switched on auto-merge; counts as merger. */
  readonly enqueuedBy: Person | null
  /** It is in a merge queue now. */
  readonly inMergeQueue: boolean
}

export interface RequiredCheck {
  readonly name: string
  /** The app whose result is demanded; `null`: any source. */
  readonly appId: number | null
}

/**
 * What GitHub enforces now, classic protection and rulesets taken together, on the branch the subject is about: a
 * change's base, a push's branch, a deployment's ref (the default branch where it was started from a tag or a bare SHA).
 */
export interface Protection {
  readonly branch: string
  readonly pullRequest: {
    readonly approvals: number
    readonly dismissStale: boolean
    readonly lastPush: boolean
    readonly codeOwners: boolean
  } | null
  readonly checks: readonly RequiredCheck[]
  /** This app's merge check is required and pinned to this app. */
  readonly ownCheck: boolean
  readonly upToDate: boolean
  /** Force pushes are allowed. */
  readonly forcePush: boolean
  /** Deleting the branch is allowed. */
  readonly deletion: boolean
  readonly linearHistory: boolean
  readonly signedCommits: boolean
  readonly conversations: boolean
  /** The rules bind administrators too. Where only rulesets protect the branch: true. */
  readonly admins: boolean
  /** Who may bypass; `null`: GitHub did not tell (needs administration: write). */
  readonly bypass: readonly BypassActor[] | null
}

export interface BypassActor {
  readonly kind: 'user' | 'team' | 'app' | 'role' | 'organization_admin' | 'deploy_key'
  readonly id: number | null
  readonly name: string
}

/** What asks to be released: one attempt of one run into one environment, or a deployment made through the API. */
export interface Deployment {
  readonly environment: string
  readonly sha: Sha
  /** A full ref (`refs/heads/main`); `null` when it was started from a bare SHA. */
  readonly ref: string | null
  /** A branch and a tag share the ref's short name, so it cannot be told which one ran. */
  readonly sameNamedRef: boolean
  /** The SHA is an ancestor of the ref's tip, or the tip. */
  readonly reachable: boolean
  /** The event of the workflow run, or `api`. */
  readonly event: string
  /** Who started this attempt; `null` for a schedule. */
  readonly by: Person | null
  /** Who started the first attempt. */
  readonly startedBy: Person | null
  readonly attempt: number
  readonly workflow: { readonly path: string; readonly sameAsDefault: boolean } | null
  /** The run's code comes from a fork. */
  readonly fork: boolean
  readonly requestedAt: Instant
  readonly releaseNotes: string | null
}

export type GateAnswer = 'allow' | 'wait' | 'deny' | 'undecided' | 'none'

/** A merged pull request by which a commit came. */
export interface ShippedChange {
  readonly number: number
  readonly title: string
  readonly author: Person | null
  readonly mergedBy: Person | null
  readonly body: string
  readonly reviews: readonly Review[]
  /** `null`: GitHub does not show them. */
  readonly linkedIssues: readonly string[] | null
  /** What the merge gate had said of its head; `none`: nothing on record. */
  readonly gate: GateAnswer
}

export interface ShippedCommit extends Commit {
  /** `null`: no merged pull request brought it (a direct push, or a merge that GitHub did not make). */
  readonly change: ShippedChange | null
}

/** What would go out: everything reachable from the SHA and not from the last release. */
export interface Shipment {
  /** Where the list begins; `null`: there was no release, no `since`, and no recorded tip. */
  readonly since: Sha | null
  readonly commits: readonly ShippedCommit[]
}

export interface Release {
  readonly environment: string
  readonly sha: Sha
  /** When it succeeded (or ended). */
  readonly at: Instant
  readonly requestedAt: Instant
  readonly state: 'success' | 'failure' | 'in_progress'
  readonly throughUs: boolean
  /** This release's SHA has the judged SHA as an ancestor. */
  readonly contains: boolean
  /** The judged SHA has this release's SHA as an ancestor. */
  readonly contained: boolean
  readonly rejectedAt: Instant | null
}

export interface RunningDeployment {
  readonly environment: string
  readonly sha: Sha
  readonly at: Instant
}

export type ApprovalChannel = 'page' | 'comment' | 'button' | 'environment' | 'review'

/** A person's yes or no to a release, as recorded by us when it was given. */
export interface ReleaseApproval {
  readonly by: Person
  readonly at: Instant
  readonly decision: 'approve' | 'reject'
  readonly comment: string
  readonly via: ApprovalChannel
  readonly sha: Sha
  readonly attempt: number
}

/** A member of the deployers released what somebody else started, and is the deployer from then on. */
export interface Handover {
  readonly by: Person
  readonly at: Instant
}

export interface Override {
  readonly by: Person
  readonly at: Instant
  readonly reason: string
  readonly expiresAt: Instant | null
  readonly reviewedAt: Instant | null
  /** Spent by an earlier answer: lifts nothing any more, but its review may still be due. */
  readonly spentAt: Instant | null
  /** What it was given for; absent: the judged SHA. One for another SHA lifts nothing here, but its review may be due. */
  readonly sha?: Sha
}

/** A job of the environment started without our approval. */
export interface Bypass {
  readonly at: Instant
  readonly reviewedAt: Instant | null
}

export interface Push {
  readonly branch: string
  readonly before: Sha | null
  readonly after: Sha
  readonly by: Person | null
  readonly commits: readonly ShippedCommit[]
  readonly forced: boolean
  readonly created: boolean
  readonly deleted: boolean
}

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin'

export interface Collaborator {
  readonly person: Person
  readonly role: Role
}

export interface RepositoryFacts {
  /** `owner/name`. */
  readonly fullName: string
  readonly defaultBranch: string
}

/**
 * A question about the judged subject. Two questions with one key are one question; the phantom type is the answer's.
 * `key` is a path (`teams/appsec`), so that a scenario's `unknown: [teams]` covers all teams.
 */
export interface Question<Answer = unknown> {
  readonly key: string
  readonly about: Topic
  readonly of: QuestionDetail
  readonly _answer?: Answer
}

export type Topic =
  | 'repository'
  | 'change'
  | 'commits'
  | 'files'
  | 'reviews'
  | 'comments'
  | 'checks'
  | 'workflows'
  | 'conversations'
  | 'linked_issues'
  | 'diffs'
  | 'protection'
  | 'teams'
  | 'users'
  | 'roles'
  | 'organizations'
  | 'deployment'
  | 'ships'
  | 'released'
  | 'running'
  | 'approvals'
  | 'releases'
  | 'overrides'
  | 'bypasses'
  | 'push'

/** What a question needs besides the subject. */
export interface QuestionDetail {
  readonly team?: TeamRef
  readonly user?: UserRef
  readonly organization?: string
  readonly since?: Sha
}

export interface TeamRef {
  readonly slug: string
  /** Pins the team: another id under this slug is unknown (`renamed`). */
  readonly id?: TeamId
  /** Members of child teams count. */
  readonly inherited: boolean
}

export interface UserRef {
  readonly login: string
  readonly id?: UserId
}

const question = <A>(about: Topic, of: QuestionDetail = {}, ...more: readonly string[]): Question<A> => ({
  key: [about, ...more].join('/'),
  about,
  of,
})

const plain = <A>(about: Topic) => question<A>(about)

/** Every question there is. */
export const ask = {
  repository: plain<RepositoryFacts>('repository'),
  change: plain<Change>('change'),
  commits: plain<readonly Commit[]>('commits'),
  files: plain<readonly ChangedFile[]>('files'),
  reviews: plain<readonly Review[]>('reviews'),
  comments: plain<readonly Comment[]>('comments'),
  checks: plain<readonly CheckResult[]>('checks'),
  workflows: plain<readonly WorkflowResult[]>('workflows'),
  /** The number of unresolved review threads. */
  conversations: plain<number>('conversations'),
  linkedIssues: plain<readonly string[]>('linked_issues'),
  /** SHA → an opaque id of (path, mode, old blob, new blob) between merge base and that SHA; absent: not comparable. */
  diffs: plain<ReadonlyMap<Sha, string>>('diffs'),
  protection: plain<Protection>('protection'),
  team: (team: TeamRef) =>
    question<readonly Person[]>(
      'teams',
      { team },
      team.slug,
      ...(team.inherited ? [] : ['direct']),
      ...(team.id === undefined ? [] : [String(team.id)]),
    ),
  user: (user: UserRef) =>
    question<Person>('users', { user }, user.login, ...(user.id === undefined ? [] : [String(user.id)])),
  roles: plain<readonly Collaborator[]>('roles'),
  organization: (organization: string) => question<readonly Person[]>('organizations', { organization }, organization),
  deployment: plain<Deployment>('deployment'),
  ships: (since?: Sha) =>
    question<Shipment>('ships', since === undefined ? {} : { since }, ...(since === undefined ? [] : [since])),
  /** Releases of every environment of the repository that this subject's rules may ask about, newest last. */
  released: plain<readonly Release[]>('released'),
  running: plain<readonly RunningDeployment[]>('running'),
  approvals: plain<readonly ReleaseApproval[]>('approvals'),
  handovers: plain<readonly Handover[]>('releases'),
  overrides: plain<readonly Override[]>('overrides'),
  bypasses: plain<readonly Bypass[]>('bypasses'),
  push: plain<Push>('push'),
} as const

export type Fact<T = unknown> =
  | { readonly known: true; readonly value: T; readonly source: string; readonly at: Instant }
  | {
      readonly known: false
      readonly code: UnknownCode
      readonly reason: string
      readonly source: string
      readonly at: Instant
    }

/** `renamed`: a pinned team or user is now somebody else. */
export type UnknownCode = 'fact_unknown' | 'renamed'

/** Facts by {@link Question.key}. A key that is missing is as unknown as one that says so. */
export type Facts = ReadonlyMap<string, Fact>

export const known = <T>(value: T, source: string, at: Instant): Fact<T> => ({ known: true, value, source, at })
export const unknown = (
  reason: string,
  source: string,
  at: Instant,
  code: UnknownCode = 'fact_unknown',
): Fact<never> => ({
  known: false,
  code,
  reason,
  source,
  at,
})

/** The answer to a question among the facts; never throws: what nobody read is unknown. */
export const factFor = <A>(facts: Facts, { key }: Question<A>): Fact<A> =>
  (facts.get(key) as Fact<A> | undefined) ?? unknown(`${key} was not read`, 'nobody', 0)
