import type { EmitterWebhookEvent } from '@octokit/webhooks'
import type { Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import { onCheckRun, onCheckSuite, onStatus } from './checks.js'
import { onComment } from './comments.js'
import { onDeployment, onDeploymentReview, onDeploymentStatus, onProtectionRule } from './deployments.js'
import { addressOf, type Circumstances, type Handler } from './hints.js'
import { onMergeGroup } from './merge-groups.js'
import { isOwn } from './own.js'
import { at, has, type Payload } from './payload.js'
import { onMember, onMembership, onOrganization, onTeam } from './people.js'
import { onProtection } from './protection.js'
import { onPullRequest, onReview, onReviewThread } from './pull-requests.js'
import { onCreate, onDelete, onPush } from './refs.js'
import { onInstallation, onInstallationRepositories, onRepository } from './repositories.js'
import { onWorkflowJob, onWorkflowRun } from './workflows.js'

type WebhookEventName = EmitterWebhookEvent['name']

/** Every event that the app understands, and who names its subjects. */
const HANDLERS = {
  branch_protection_configuration: onProtection,
  branch_protection_rule: onProtection,
  check_run: onCheckRun,
  check_suite: onCheckSuite,
  create: onCreate,
  delete: onDelete,
  deployment: onDeployment,
  deployment_protection_rule: onProtectionRule,
  deployment_review: onDeploymentReview,
  deployment_status: onDeploymentStatus,
  installation: onInstallation,
  installation_repositories: onInstallationRepositories,
  issue_comment: onComment,
  member: onMember,
  membership: onMembership,
  merge_group: onMergeGroup,
  organization: onOrganization,
  pull_request: onPullRequest,
  pull_request_review: onReview,
  pull_request_review_thread: onReviewThread,
  push: onPush,
  repository: onRepository,
  repository_ruleset: onProtection,
  status: onStatus,
  team: onTeam,
  workflow_job: onWorkflowJob,
  workflow_run: onWorkflowRun,
} satisfies { readonly [Name in WebhookEventName]?: Handler<Payload<Name>> }

export type EventName = keyof typeof HANDLERS

/** Names of all handled events. */
export const EVENTS = Object.keys(HANDLERS) as readonly EventName[]

/** An event as Probot hands it over. */
export interface Received {
  /** GitHub's id of the delivery. */
  readonly id: string
  readonly name: EventName
  readonly payload: unknown
}

/**
 * What an event may have changed.
 * @throws {UnexpectedPayload} naming the field that is missing or odd; the delivery then becomes a dead letter.
 */
export type HintsOf = (event: Received, now: Instant) => readonly Hint[]

const OWNERS = ['repository.owner.login', 'organization.login', 'installation.account.login'] as const

/** Whether the owner that the event names is served; of none that is not, anything but its end is kept. */
const isServed = (payload: unknown, allowed: readonly string[]): boolean => {
  if (allowed.length === 0) return true
  const owner = OWNERS.map((place) => at(payload, place)).find((login) => typeof login === 'string')
  return typeof owner === 'string' && allowed.includes(owner.toLowerCase())
}

/** All handlers as one. What the app made itself is dropped; where a repository is now goes before everything else. */
export const handlersFor =
  (
    settings: Pick<Circumstances, 'appId' | 'policyRepository'> & { readonly allowedOrganisations?: readonly string[] },
  ): HintsOf =>
  ({ id, name, payload }, now) => {
    if (isOwn(payload, settings.appId)) return []
    const { allowedOrganisations = [], ...told } = settings
    const handler: Handler<never> = HANDLERS[name]
    const hints = handler(payload as never, { ...told, delivery: id, now })
    if (!isServed(payload, allowedOrganisations)) return hints.filter(({ kind }) => kind === 'gone')
    const isGone = hints.some(({ kind }) => kind === 'gone')
    return isGone || !has(payload, 'repository') ? hints : [{ kind: 'address', address: addressOf(payload) }, ...hints]
  }
