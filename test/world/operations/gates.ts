import { currentAttempt, deploymentView, pendingView, runView } from '../views/actions.js'
import { fullName } from '../state/repository.js'
import { minimalPulls } from '../views/checks.js'
import { repositoryUrl } from '../views/repository.js'
import { userView } from '../views/people.js'
import type { Job, PendingDeployment, WorkflowRun } from '../state/actions.js'
import type { Platform } from '../state/platform.js'

export const deploymentUrl = (platform: Platform, run: WorkflowRun, job: Job): string =>
  `${platform.origin}/${fullName(run.repository)}/actions/runs/${run.id}/job/${job.id}`

/**
 * Asks every app whose rule is enabled, once per environment and attempt. The body has no run id, attempt, job, actor or
 * workflow: the run is named by the callback's address alone. `ref` is the check suite's short name, where it has one.
 */
export const requestGate = (platform: Platform, run: WorkflowRun, pending: PendingDeployment): void => {
  const attempt = currentAttempt(run)
  const job = attempt.jobs.find(({ environment }) => environment === pending.environment.name)
  const deployment = run.repository.deployments.find(({ id }) => id === job?.deployment)
  for (const app of platform.apps) {
    if (!pending.apps.has(app.id)) continue
    platform.tell({
      event: 'deployment_protection_rule',
      action: 'requested',
      repository: run.repository,
      sender: attempt.triggeringActor,
      onlyTo: app,
      body: {
        environment: pending.environment.name,
        event: run.event,
        sha: run.headSha,
        ref: run.headBranch ?? run.ref,
        deployment_callback_url: `${repositoryUrl(platform, run.repository)}/actions/runs/${run.id}/deployment_protection_rule`,
        deployment: deployment ? deploymentView(platform, deployment) : null,
        pull_requests: minimalPulls(platform, run.repository, run.headSha),
      },
    })
  }
  if (pending.needsReviewer) requestReview(platform, run, pending)
}

const requestReview = (platform: Platform, run: WorkflowRun, pending: PendingDeployment): void => {
  const { triggeringActor } = currentAttempt(run)
  platform.tell({
    event: 'deployment_review',
    action: 'requested',
    repository: run.repository,
    sender: triggeringActor,
    body: {
      environment: pending.environment.name,
      since: platform.clock.iso(pending.since),
      requestor: userView(platform, triggeringActor),
      reviewers: pendingView(platform, run, pending).reviewers,
      workflow_run: runView(platform, run),
    },
  })
}
