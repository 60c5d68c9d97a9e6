import { at, id, sha, type Payload } from './payload.js'
import { wakeRepository, type Handler } from './hints.js'
import { startsOf } from './starts.js'

/** A run began, was started again, or ended: its checks count, and its wish to deploy may be superseded or over. */
export const onWorkflowRun: Handler<Payload<'workflow_run'>> = (payload) => [
  wakeRepository(payload, ['checks', 'workflows', 'deployment'], sha(payload, 'workflow_run.head_sha')),
  ...(payload.action === 'completed' ? [wakeRepository(payload, ['running'])] : []),
]

/** A job moved. One of an environment that leaves `waiting` may have started without us. */
export const onWorkflowJob: Handler<Payload<'workflow_job'>> = (payload, { now }) => [
  wakeRepository(payload, ['checks', 'workflows', 'deployment'], sha(payload, 'workflow_job.head_sha')),
  ...(STARTING.has(payload.action) && at(payload, 'deployment')
    ? startsOf(payload, id(payload, 'workflow_job.run_id'), now)
    : []),
]

const STARTING: ReadonlySet<string> = new Set(['queued', 'in_progress', 'completed'])
