import type { ChangeFacts } from '../../gatekeeper/ports.js'
import { NODE, type PullRequest } from '../graphql/change.js'
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

/** The facts of a pull request, read at one head; lists are read on only where a rule asks for them. */
export const changeFacts = (scope: Scope, pull: PullRequest, reported: Reported): ChangeFacts => {
  const at = { number: pull.number, head: pull.headRefOid }
  const lists = {
    commits: once(() => readChangeCommits(scope, pull)),
    files: once(() => readFiles(scope, at, pull.files)),
    reviews: once(() => wholeList(scope, at, 'reviews', NODE.review, pull.reviews)),
    comments: once(() => wholeList(scope, at, 'comments', NODE.comment, pull.comments)),
    threads: once(() => wholeList(scope, at, 'reviewThreads', NODE.thread, pull.reviewThreads)),
    issues: once(() => wholeList(scope, at, 'closingIssuesReferences', NODE.issue, pull.closingIssuesReferences)),
    labels: once(() => wholeList(scope, at, 'labels', NODE.label, pull.labels)),
  }
  const own = readerOf({
    change: now(async () => ({ ...changeOf(pull), labels: await lists.labels() })),
    commits: now(lists.commits),
    files: now(lists.files),
    reviews: now(lists.reviews),
    comments: now(lists.comments),
    checks: now(async () => reported.results),
    workflows: now(() => readWorkflows(scope, pull.headRefOid)),
    conversations: now(async () => (await lists.threads()).filter(({ isResolved }) => !isResolved).length),
    linked_issues: now(async () => linkedIssues(scope, await lists.issues())),
    diffs: now(async () => readDiffs(scope, pull, await lists.reviews(), await lists.commits())),
  })
  const common = commonReader(scope, { branch: async () => pull.baseRefName, fresh: false })
  const reader: Reader = (question) => own(question) ?? common(question)
  return { answer: (questions, instant) => answer(questions, reader, instant) }
}
