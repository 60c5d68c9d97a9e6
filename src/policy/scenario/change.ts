import type { Change, Comment, Person } from '../facts.js'
import { checksOf, workflowsOf } from './checks.js'
import { commitsOf, filesOf, reviewsOf, textsOf, type ShippedJudge, type Usual } from './commits.js'
import type { People } from './people.js'
import type { RawChange, RawComment, RawPush } from './schema.js'
import { shippedOf, BASE } from './commits.js'
import type { Push, ShippedCommit } from '../facts.js'

/** Answers by topic; a topic that is missing does not exist for this subject. */
export type ByTopic = Readonly<Record<string, unknown>>

/** What a pull request's scenario says, by topic. */
export const changeFacts = (raw: RawChange, people: People, now: number): ByTopic => {
  const author = people.or(raw.author, people.of('dev'))
  const usual: Usual = { people, author, now }
  const commits = commitsOf(raw.commits, usual)
  const headSha = raw.head_sha ?? commits.at(-1)?.sha ?? 'c1'
  return {
    change: changeOf(raw, people, author, headSha, now),
    commits,
    files: filesOf(raw.files),
    reviews: reviewsOf(raw.reviews, usual, headSha),
    comments: (raw.comments ?? []).map((comment) => commentOf(comment, people, now)),
    checks: checksOf(raw.checks, people, now),
    workflows: workflowsOf(raw.workflows),
    conversations: raw.unresolved_conversations ?? 0,
    linked_issues: textsOf(raw.linked_issues),
    diffs: new Map(Object.entries(raw.diff ?? {})),
  }
}

const changeOf = (raw: RawChange, people: People, author: Person | null, headSha: string, now: number): Change => ({
  number: raw.number ?? 1,
  title: raw.title ?? 'A change',
  body: raw.body ?? '',
  author,
  base: raw.base ?? 'main',
  head: raw.head ?? 'feature',
  headSha,
  fork: raw.fork ?? false,
  draft: raw.draft ?? false,
  labels: raw.labels ?? [],
  openedAt: instantOr(raw.opened_at, now),
  retargetedAt: raw.retargeted_at === undefined || raw.retargeted_at === null ? null : Date.parse(raw.retargeted_at),
  ...queueOf(raw.merge_queue, people),
})

/** `true`, who enqueued it, or `{ by }` (`{ enqueued_by }`). */
const queueOf = (raw: RawChange['merge_queue'], people: People): Pick<Change, 'enqueuedBy' | 'inMergeQueue'> => {
  if (raw === undefined || raw === null || typeof raw === 'boolean')
    return { enqueuedBy: null, inMergeQueue: raw === true }
  const by = typeof raw === 'string' ? raw : raw.by === undefined ? raw.enqueued_by : raw.by
  return { enqueuedBy: people.or(by, null), inMergeQueue: true }
}

const commentOf = (raw: RawComment, people: People, now: number): Comment => ({
  by: people.or(raw.by, null),
  body: raw.body,
  at: instantOr(raw.at, now),
  editedAt: raw.edited_at ? Date.parse(raw.edited_at) : raw.edited_by ? now : null,
  editedBy: people.or(raw.edited_by, null),
  viaEmail: raw.via_email ?? false,
})

export const instantOr = (written: string | undefined, otherwise: number): number =>
  written === undefined ? otherwise : Date.parse(written)

/** What a push's scenario says, by topic. By default one commit that came by a merged pull request. */
export const pushFacts = (raw: RawPush, people: People, now: number, judge?: ShippedJudge): ByTopic => {
  const by = people.or(raw.by, people.of('dev'))
  const usual: Usual = { people, author: by ?? people.of('dev'), now, ...(judge ? { judge } : {}) }
  const before = raw.before === undefined ? (raw.created === true ? null : BASE) : raw.before
  const commits = pushed(raw, usual)
  const push: Push = {
    branch: raw.branch ?? 'main',
    before,
    after: raw.after ?? commits.at(-1)?.sha ?? 'c1',
    by,
    commits,
    forced: raw.forced ?? false,
    created: raw.created ?? false,
    deleted: raw.deleted ?? false,
  }
  return { push, checks: checksOf(raw.checks, people, now), ships: { since: before, commits } }
}

const pushed = (raw: RawPush, usual: Usual): readonly ShippedCommit[] =>
  shippedOf(raw.commits ?? [{ change: {}, ...(raw.after === undefined ? {} : { sha: raw.after }) }], usual)
