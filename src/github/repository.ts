import type { Repository } from '../gatekeeper/ports.js'
import { cancel } from './publish/cancel.js'
import { checkById, newestCheck, postCheck, updateCheck } from './publish/check.js'
import { deploymentStatus } from './publish/deployment-status.js'
import { answer, report } from './publish/protection-rule.js'
import { replied, reply } from './publish/reply.js'
import { readChange } from './readers/change.js'
import { changesWith, openChanges } from './readers/changes-with.js'
import { readComment } from './readers/comment.js'
import { findCommit } from './readers/commits.js'
import { relation } from './readers/compare.js'
import { readEntered } from './readers/entered.js'
import { changesOfGroup } from './readers/group.js'
import { findUser, findUserById } from './readers/people.js'
import { readOrganisationPolicy, readOrganisationPolicyAt, readPolicy } from './readers/policy.js'
import { readRef } from './readers/refs.js'
import { readReviewsOf } from './readers/reviews.js'
import {
  readApiDeployment,
  readEnvironmentReviews,
  readPending,
  readRun,
  readRunsOf,
  readWaitingRuns,
} from './readers/runs.js'
import { readScenarioFiles } from './readers/scenario-files.js'
import { readState } from './readers/state.js'
import { subjectFacts } from './readers/subject-facts.js'
import type { Scope } from './scope.js'

/** One repository of one installation: readers and publishers under the port's names. */
export const repositoryOf = (scope: Scope): Repository => ({
  address: scope.address,
  state: () => readState(scope),
  policyAt: (commit) => readPolicy(scope, commit),
  organisationPolicy: (options) => readOrganisationPolicy(scope, options),
  organisationPolicyAt: (commit) => readOrganisationPolicyAt(scope, commit),
  mergeBase: async (base, head) => (await relation(scope, base, head)).mergeBase,
  scenarioFilesAt: (commit) => readScenarioFiles(scope, commit),
  change: (number) => readChange(scope, number),
  facts: (subject, questions, now, options) => subjectFacts(scope, subject, questions, now, options),
  run: (id) => readRun(scope, id),
  runsOf: (sha) => readRunsOf(scope, sha),
  apiDeployment: (id) => readApiDeployment(scope, id),
  pending: (run) => readPending(scope, run),
  entered: (run, environment, sha) => readEntered(scope, run, environment, sha),
  environmentReviews: (run) => readEnvironmentReviews(scope, run),
  reviewsOf: (sha) => readReviewsOf(scope, sha),
  openChanges: () => openChanges(scope),
  waitingRuns: () => readWaitingRuns(scope),
  comment: (id) => readComment(scope, id),
  changesOf: (sha) => changesWith(scope, sha),
  changesOfGroup: (group) => changesOfGroup(scope, group),
  commitNamed: (digits) => findCommit(scope, digits),
  branchTip: (name) => readRef(scope, `heads/${name}`),
  user: (login) => findUser(scope, login),
  userById: (id) => findUserById(scope, id),
  newestCheck: (sha, name) => newestCheck(scope, sha, name),
  checkById: (id) => checkById(scope, id),
  postCheck: (check) => postCheck(scope, check),
  updateCheck: (id, check) => updateCheck(scope, id, check),
  report: (run, environment, text) => report(scope, run, environment, text),
  answer: (run, environment, state, comment) => answer(scope, run, environment, state, comment),
  deploymentStatus: (deployment, state, description) => deploymentStatus(scope, deployment, state, description),
  reply: (number, body, mark) => reply(scope, number, body, mark),
  replied: (number, mark, since) => replied(scope, number, mark, since),
  cancel: (run) => cancel(scope, run),
})
