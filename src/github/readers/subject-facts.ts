import type { FactSubject } from '../../gatekeeper/ports.js'
import type { Facts, Instant, Question, Sha, Shipment } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { answer, now, readerOf, type Reader } from './answers.js'
import { readReported } from './checks.js'
import { commonReader } from './common.js'
import { deployedRef, readDeployment, type ApiSubject, type RunSubject } from './deployment.js'
import { NO_REF, type RefFound } from './refs.js'
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
  ({ id, node, statuses }) =>
    subject.kind === 'deployment'
      ? statuses.some(({ logUrl }) => isOfRun(subject.run.id, { log_url: logUrl }))
      : id === subject.deployment.id || node === subject.deployment.node

const holderOf = (subject: RunSubject | ApiSubject): string =>
  `run/${subject.kind === 'deployment' ? subject.run.id : -subject.deployment.id}/`

interface Places {
  readonly tip: () => Promise<Sha>
  /** The ref that is deployed; nothing for a push. */
  readonly ref: () => Promise<RefFound>
}

const releaseReader = (scope: Scope, subject: RunSubject | ApiSubject, { tip, ref }: Places): Reader => {
  const { environment, recordedTip } = subject
  const sha = shaOf(subject)
  const history = once(() => readHistory(scope, environment, sha, isOwn(subject)))
  const shipments = new Map<Sha | undefined, Promise<Shipment>>()
  const shipmentFrom = async (since: Sha | undefined): Promise<Shipment> =>
    readShipment(scope, sha, { present: await presentRelease(scope, await history()), since, recordedTip })
  const shipment = (since: Sha | undefined): Promise<Shipment> => {
    const known = shipments.get(since) ?? shipmentFrom(since)
    shipments.set(since, known)
    return known
  }
  return readerOf({
    deployment: now(async () => readDeployment(scope, subject, await ref(), tip)),
    ships: async ({ of }) => ({ value: await shipment(of.since) }),
    async files({ of }) {
      const { since, commits } = await shipment(of.since)
      return { value: await readShippedFiles(scope, since, sha, commits) }
    },
    released: now(async () => readReleased(scope, await history())),
    running: now(async () => readRunning(scope, await history(), (holder) => holder.startsWith(holderOf(subject)))),
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
const branchOf = async (
  subject: FactSubject,
  { ref }: Places,
  defaultBranch: () => Promise<string>,
): Promise<string> => {
  switch (subject.kind) {
    case 'push':
      return subject.branch
    case 'group':
      return subject.base
    case 'deployment':
    case 'api_deployment': {
      const found = await ref()
      return found.ref !== null && found.kind === 'branch' ? found.ref.slice('refs/heads/'.length) : defaultBranch()
    }
  }
}

const ownReader = (scope: Scope, subject: FactSubject, places: Places): Reader => {
  switch (subject.kind) {
    case 'push':
      return pushReader(scope, subject, places.tip)
    case 'group':
      return () => null
    case 'deployment':
    case 'api_deployment':
      return releaseReader(scope, subject, places)
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
  const places = { tip: async () => (await state()).tip, ref: once(() => refOf(scope, subject)) }
  const own = ownReader(scope, subject, places)
  const reported = readerOf({
    checks: now(async () => (await readReported(scope, sha)).results),
    workflows: now(() => readWorkflows(scope, sha)),
  })
  const common = commonReader(scope, {
    branch: () => branchOf(subject, places, async () => (await state()).defaultBranch),
    fresh,
  })
  return answer(questions, (question) => own(question) ?? reported(question) ?? common(question), at)
}

const refOf = async (scope: Scope, subject: FactSubject): Promise<RefFound> => {
  switch (subject.kind) {
    case 'push':
    case 'group':
      return NO_REF
    case 'deployment':
    case 'api_deployment':
      return deployedRef(scope, subject)
  }
}
