import type { FactSubject } from '../../gatekeeper/ports.js'
import type { Facts, Instant, Question, Sha } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { answer, now, type Reader, type Reading } from './answers.js'
import { readReported } from './checks.js'
import { commonReader } from './common.js'
import { deployedRef, readDeployment, type ApiSubject, type RunSubject } from './deployment.js'
import { isOfRun } from './runs.js'
import { readPush, type PushSubject } from './push.js'
import { presentRelease, readHistory, readReleased, type OwnDeployment } from './released.js'
import { readRunning } from './running.js'
import { readShippedFiles } from './shipped-files.js'
import { readShipment } from './ships.js'
import { readState } from './state.js'
import { readWorkflows } from './workflows.js'

type Read = (question: Question) => (() => Promise<unknown>) | null

const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let reading: Promise<T> | null = null
  return () => (reading ??= read())
}

const isOwn =
  (subject: RunSubject | ApiSubject): OwnDeployment =>
  ({ id, statuses }) =>
    subject.kind === 'deployment'
      ? statuses.some(({ logUrl }) => isOfRun(subject.run.id, { log_url: logUrl }))
      : id === subject.deployment.id

const holderOf = (subject: RunSubject | ApiSubject): string =>
  `run/${subject.kind === 'deployment' ? subject.run.id : -subject.deployment.id}/`

const releaseReader = (scope: Scope, subject: RunSubject | ApiSubject, tip: () => Promise<Sha>): Read => {
  const { environment, recordedTip } = subject
  const sha = subject.kind === 'deployment' ? subject.run.sha : subject.deployment.sha
  const own = isOwn(subject)
  const present = once(async () => {
    const history = await readHistory(scope, environment, sha)
    return presentRelease(scope, environment, { ...history, here: history.here.filter((one) => !own(one)) })
  })
  const shipments = new Map<Sha | undefined, Promise<Awaited<ReturnType<typeof readShipment>>>>()
  const shipment = (since: Sha | undefined) => {
    const known =
      shipments.get(since) ??
      present().then((found) => readShipment(scope, sha, { present: found, since, recordedTip }))
    shipments.set(since, known)
    return known
  }
  return ({ about, of }) => {
    switch (about) {
      case 'deployment':
        return () => readDeployment(scope, subject, tip)
      case 'ships':
        return () => shipment(of.since)
      case 'files':
        return async () => {
          const { since, commits } = await shipment(of.since)
          return readShippedFiles(scope, since, sha, commits)
        }
      case 'released':
        return () => readReleased(scope, environment, sha, own)
      case 'running':
        return () =>
          readRunning(scope, environment, { deployment: own, holder: (one) => one.startsWith(holderOf(subject)) })
      default:
        return null
    }
  }
}

const pushReader = (scope: Scope, subject: PushSubject, tip: () => Promise<Sha>): Read => {
  const push = once(() => readPush(scope, subject, tip))
  return ({ about }) => {
    switch (about) {
      case 'push':
        return push
      case 'ships':
        return async () => {
          const { before, commits } = await push()
          return { since: before, commits }
        }
      case 'files':
        return async () => {
          const { before, commits } = await push()
          return readShippedFiles(scope, before, subject.after, commits)
        }
      default:
        return null
    }
  }
}

const shaOf = (subject: FactSubject): Sha => {
  switch (subject.kind) {
    case 'push':
      return subject.after
    case 'group':
      return subject.sha
    case 'deployment':
      return subject.run.sha
    case 'api_deployment':
      return subject.deployment.sha
  }
}

/** The branch whose protection counts: the default branch where something was started from a tag or a bare SHA. */
const branchOf = async (scope: Scope, subject: FactSubject, defaultBranch: () => Promise<string>): Promise<string> => {
  switch (subject.kind) {
    case 'push':
      return subject.branch
    case 'group':
      return subject.base
    case 'deployment':
    case 'api_deployment': {
      const { ref, kind } = await deployedRef(scope, subject)
      return ref !== null && kind === 'branch' ? ref.slice('refs/heads/'.length) : defaultBranch()
    }
  }
}

/** The facts of a push, a merge group or a deployment; people and protection come without a cache where `fresh`. */
export const subjectFacts = async (
  scope: Scope,
  subject: FactSubject,
  questions: readonly Question[],
  at: Instant,
  { fresh }: { readonly fresh: boolean },
): Promise<Facts> => {
  const state = once(() => readState(scope))
  const tip = async () => (await state()).tip
  const own: Read =
    subject.kind === 'push'
      ? pushReader(scope, subject, tip)
      : subject.kind === 'group'
        ? () => null
        : releaseReader(scope, subject, tip)
  const common = commonReader(scope, {
    branch: () => branchOf(scope, subject, async () => (await state()).defaultBranch),
    fresh,
  })
  const sha = shaOf(subject)
  const reader: Reader = (question): (() => Promise<Reading>) | null => {
    const read = own(question)
    if (read) return now(read)
    if (question.about === 'checks') return now(async () => (await readReported(scope, sha)).results)
    if (question.about === 'workflows') return now(() => readWorkflows(scope, sha))
    return common(question)
  }
  return answer(questions, reader, at)
}
