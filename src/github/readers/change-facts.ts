import type { ChangeFacts, Unreadable } from '../../gatekeeper/ports.js'
import type { Question } from '../../policy/facts.js'
import { NODE, type PartName, type PullRequest } from '../graphql/change.js'
import type { Scope } from '../scope.js'
import { answer, now, readerOf, type Reader } from './answers.js'
import { changeOf } from './change.js'
import { wholeList } from './change-lists.js'
import type { Reported } from './checks.js'
import { commonReader } from './common.js'
import { readDiffs } from './diffs.js'
import { readFiles } from './files.js'
import { readChangeCommits } from './change-commits.js'
import { once } from './once.js'
import { readWorkflows } from './workflows.js'
import { linkedIssues } from './issues.js'

/**
 * The facts of a pull request, read at one head; lists are read on only where a rule asks for them. What GitHub refused to
 * show makes the facts unknown that rest on it, and no other.
 */
export const changeFacts = (
  scope: Scope,
  pull: PullRequest,
  reported: () => Promise<Reported>,
  refused: ReadonlyMap<string, Unreadable>,
): ChangeFacts => {
  const at = { number: pull.number, head: pull.headRefOid }
  const part = <T>(name: PartName, read: () => Promise<T>): (() => Promise<T>) =>
    once(async () => {
      const why = refused.get(name)
      if (why) throw why
      return read()
    })
  const lists = {
    commits: part('commits', () => readChangeCommits(scope, pull)),
    files: part('files', () => readFiles(scope, at, pull.files ?? null)),
    reviews: part('reviews', () => wholeList(scope, at, 'reviews', NODE.review, pull.reviews ?? null)),
    comments: part('comments', () => wholeList(scope, at, 'comments', NODE.comment, pull.comments ?? null)),
    threads: part('reviewThreads', () =>
      wholeList(scope, at, 'reviewThreads', NODE.thread, pull.reviewThreads ?? null),
    ),
    issues: part('closingIssuesReferences', () =>
      wholeList(scope, at, 'closingIssuesReferences', NODE.issue, pull.closingIssuesReferences ?? null),
    ),
    labels: once(() => wholeList(scope, at, 'labels', NODE.label, pull.labels)),
  }
  const own = (byComment: boolean) =>
    readerOf({
      change: now(async () => ({ ...changeOf(pull), labels: await lists.labels() })),
      commits: now(lists.commits),
      files: now(lists.files),
      reviews: now(lists.reviews),
      comments: now(lists.comments),
      checks: now(async () => (await reported()).results),
      workflows: now(() => readWorkflows(scope, pull.headRefOid)),
      conversations: now(async () => (await lists.threads()).filter(({ isResolved }) => !isResolved).length),
      linked_issues: now(async () => linkedIssues(scope, await lists.issues())),
      diffs: now(async () => {
        const comments = byComment && !refused.has('comments') ? await lists.comments() : []
        return readDiffs(scope, pull, await lists.reviews(), await lists.commits(), comments)
      }),
    })
  const common = commonReader(scope, { branch: async () => pull.baseRefName, fresh: false })
  const readerFor = (questions: readonly Question[]): Reader => {
    const ofChange = own(questions.some(({ about }) => about === 'comments'))
    return (question) => ofChange(question) ?? common(question)
  }
  return { answer: (questions, instant) => answer(questions, readerFor(questions), instant) }
}
