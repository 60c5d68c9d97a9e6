import { at, has, id, sha, type Payload } from './payload.js'
import { wakeRepository, type Handler } from './hints.js'
import { startsOf } from './starts.js'

/** A run began, was started again, or ended: its checks count, and its wish to deploy may be superseded or over. */
export const onWorkflowRun: Handler<Payload<'workflow_run'>> = (payload) => [
  wakeRepository(payload, ['checks', 'workflows', 'deployment'], sha(payload, 'workflow_run.head_sha')),
  ...(payload.action === 'completed' ? [wakeRepository(payload, ['running'])] : []),
]

/** A job moved. One of an environment that is past its gate may have come there without us. */
export const onWorkflowJob: Handler<Payload<'workflow_job'>> = (payload, { now }) => [
  wakeRepository(payload, ['checks', 'workflows', 'deployment'], sha(payload, 'workflow_job.head_sha')),
  ...(has(payload, 'deployment') && isPastItsGate(payload)
    ? startsOf(payload, id(payload, 'workflow_job.run_id'), now)
    : []),
]

/** GitHub also says `queued` of a job that it holds back for a gate; its status then is `waiting`. */
const isPastItsGate = (payload: Payload<'workflow_job'>): boolean =>
  payload.action === 'in_progress' || (payload.action === 'queued' && at(payload, 'workflow_job.status') !== 'waiting')
