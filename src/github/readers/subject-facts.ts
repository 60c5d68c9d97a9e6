import type { FactSubject } from '../../gatekeeper/ports.js'
import type { Facts, Instant, Question, Sha } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { answer, now, readerOf, type Reader } from './answers.js'
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
import { once } from './once.js'
import { readWorkflows } from './workflows.js'

const isOwn =
  (subject: RunSubject | ApiSubject): OwnDeployment =>
  ({ id, statuses }) =>
    subject.kind === 'deployment'
      ? statuses.some(({ logUrl }) => isOfRun(subject.run.id, { log_url: logUrl }))
      : id === subject.deployment.id

const holderOf = (subject: RunSubject | ApiSubject): string =>
  `run/${subject.kind === 'deployment' ? subject.run.id : -subject.deployment.id}/`

const releaseReader = (scope: Scope, subject: RunSubject | ApiSubject, tip: () => Promise<Sha>): Reader => {
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
  return readerOf({
    deployment: now(() => readDeployment(scope, subject, tip)),
    ships: async ({ of }) => ({ value: await shipment(of.since) }),
    async files({ of }) {
      const { since, commits } = await shipment(of.since)
      return { value: await readShippedFiles(scope, since, sha, commits) }
    },
    released: now(() => readReleased(scope, environment, sha, own)),
    running: now(() =>
      readRunning(scope, environment, { deployment: own, holder: (one) => one.startsWith(holderOf(subject)) }),
    ),
  })
}

const pushReader = (scope: Scope, subject: PushSubject, tip: () => Promise<Sha>): Reader => {
  const push = once(() => readPush(scope, subject, tip))
  return readerOf({
    push: now(push),
    ships: now(async () => {
      const { before, commits } = await push()
      return { since: before, commits }
    }),
    files: now(async () => {
      const { before, commits } = await push()
      return readShippedFiles(scope, before, subject.after, commits)
    }),
  })
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

const ownReader = (scope: Scope, subject: FactSubject, tip: () => Promise<Sha>): Reader => {
  switch (subject.kind) {
    case 'push':
      return pushReader(scope, subject, tip)
    case 'group':
      return () => null
    case 'deployment':
    case 'api_deployment':
      return releaseReader(scope, subject, tip)
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
  const sha = shaOf(subject)
  const own = ownReader(scope, subject, async () => (await state()).tip)
  const reported = readerOf({
    checks: now(async () => (await readReported(scope, sha)).results),
    workflows: now(() => readWorkflows(scope, sha)),
  })
  const common = commonReader(scope, {
    branch: () => branchOf(scope, subject, async () => (await state()).defaultBranch),
    fresh,
  })
  return answer(questions, (question) => own(question) ?? reported(question) ?? common(question), at)
}
