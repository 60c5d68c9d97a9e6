import type { ChangeFacts } from '../../gatekeeper/ports.js'
import type { Question } from '../../policy/facts.js'
import { NODE, type PullRequest } from '../graphql/change.js'
import type { Scope } from '../scope.js'
import { answer, now, type Reader, type Reading } from './answers.js'
import { changeOf } from './change.js'
import { wholeList } from './change-lists.js'
import type { Reported } from './checks.js'
import { commonReader } from './common.js'
import { readDiffs } from './diffs.js'
import { readFiles } from './files.js'
import { readChangeCommits } from './change-commits.js'
import { readWorkflows } from './workflows.js'
import { linkedIssues } from './issues.js'

/** Reads each thing once per look at the pull request, and only when it is asked. */
const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let reading: Promise<T> | null = null
  return () => (reading ??= read())
}

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
  const readOf = ({ about }: Question): (() => Promise<unknown>) | null => {
    switch (about) {
      case 'change':
        return async () => ({ ...changeOf(pull), labels: await lists.labels() })
      case 'commits':
        return lists.commits
      case 'files':
        return lists.files
      case 'reviews':
        return lists.reviews
      case 'comments':
        return lists.comments
      case 'checks':
        return async () => reported.results
      case 'workflows':
        return () => readWorkflows(scope, pull.headRefOid)
      case 'conversations':
        return async () => (await lists.threads()).filter(({ isResolved }) => !isResolved).length
      case 'linked_issues':
        return async () => linkedIssues(scope, await lists.issues())
      case 'diffs':
        return async () => readDiffs(scope, pull, await lists.reviews(), await lists.commits())
      default:
        return null
    }
  }
  const common = commonReader(scope, { branch: async () => pull.baseRefName, fresh: false })
  const reader: Reader = (question): (() => Promise<Reading>) | null => {
    const read = readOf(question)
    return read ? now(read) : common(question)
  }
  return { answer: (questions, at) => answer(questions, reader, at) }
}
