import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Permissions } from './state/apps.js'

export interface Manifest {
  readonly permissions: Permissions
  readonly events: readonly string[]
}

/** What the app asks for while there is no app.yml beside the world's repository. */
const ASSUMED: Manifest = {
  permissions: {
    actions: 'read',
    administration: 'read',
    checks: 'write',
    contents: 'read',
    deployments: 'write',
    members: 'read',
    merge_queues: 'read',
    metadata: 'read',
    pull_requests: 'write',
    statuses: 'write',
  },
  events: [
    'branch_protection_configuration',
    'branch_protection_rule',
    'check_run',
    'check_suite',
    'create',
    'delete',
    'deployment',
    'deployment_protection_rule',
    'deployment_review',
    'deployment_status',
    'issue_comment',
    'member',
    'membership',
    'merge_group',
    'organization',
    'pull_request',
    'pull_request_review',
    'pull_request_review_thread',
    'push',
    'repository',
    'repository_ruleset',
    'status',
    'team',
    'workflow_job',
    'workflow_run',
  ],
}

/** The permissions and events of app.yml, so that the world grants no more than an installation would. */
export const manifest = (): Manifest => {
  const file = new URL('../../app.yml', import.meta.url)
  if (!existsSync(file)) return ASSUMED
  const { default_permissions: permissions, default_events: events } = parse(readFileSync(file, 'utf8')) as {
    readonly default_permissions?: Permissions
    readonly default_events?: readonly string[]
  }
  return { permissions: { metadata: 'read', ...permissions }, events: events ?? [] }
}
