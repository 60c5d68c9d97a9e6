/** A permission of the app: how much, and why. */
export interface Permission {
  readonly access: 'read' | 'write'
  /** One sentence, for `app.yml` and the documentation. */
  readonly why: string
}

/** What `app.yml` asks for: all of it, and no more. */
export const PERMISSIONS = {
  actions: { access: 'read', why: 'Workflow runs, their attempts, what waits for a decision, and what started.' },
  administration: {
    access: 'read',
    why: 'Classic branch protection, and the events that tell when protection changes.',
  },
  checks: { access: 'write', why: 'Other checks on a commit, and this app’s own check runs with the verdict.' },
  contents: {
    access: 'read',
    why: 'Policy files, commits, trees and refs; pushes, and branches or tags that come and go.',
  },
  deployments: {
    access: 'write',
    why: 'To approve, hold or reject a deployment, and to know what is released and running.',
  },
  issues: { access: 'read', why: 'GitHub sends the comments of pull requests only with it.' },
  members: { access: 'read', why: 'Who is in which team and in the organisation, and when that changes.' },
  merge_queues: { access: 'read', why: 'Merge groups that wait for this app’s check.' },
  metadata: { access: 'read', why: 'Repositories, their rulesets and collaborators; GitHub asks it of every app.' },
  pull_requests: { access: 'write', why: 'Pull requests, reviews and conversations; write, to reply to commands.' },
  statuses: {
    access: 'write',
    why: 'Commit statuses; write, or GitHub does not offer the app as a required check’s source.',
  },
} as const satisfies Readonly<Record<string, Permission>>

export type PermissionName = keyof typeof PERMISSIONS

/** What a policy can ask that needs more. Off by default; a finding names the permission where it is missing. */
export const OPT_IN = {
  bypass: { permission: 'administration', access: 'write', why: 'To read who may bypass a ruleset.' },
  cancel: { permission: 'actions', access: 'write', why: 'To cancel a run whose job started without an approval.' },
} as const satisfies Readonly<Record<string, Permission & { readonly permission: PermissionName }>>

/** Operations of GitHub's REST API that this app calls, and the permission each needs: `app` is the app's own token. */
export const CALLS = {
  'GET /app': 'app',
  'GET /app/hook/deliveries': 'app',
  'GET /app/hook/deliveries/{delivery_id}': 'app',
  'GET /app/installations': 'app',
  'GET /installation/repositories': 'metadata',
  'GET /orgs/{org}/members': 'members',
  'GET /orgs/{org}/teams/{team_slug}': 'members',
  'GET /orgs/{org}/teams/{team_slug}/members': 'members',
  'GET /repos/{owner}/{repo}': 'metadata',
  'GET /repos/{owner}/{repo}/actions/runs': 'actions',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': 'actions',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals': 'actions',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments': 'actions',
  'GET /repos/{owner}/{repo}/branches/{branch}': 'contents',
  'GET /repos/{owner}/{repo}/branches/{branch}/protection': 'administration',
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}': 'checks',
  'GET /repos/{owner}/{repo}/collaborators': 'metadata',
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': 'pull_requests',
  'GET /repos/{owner}/{repo}/commits/{ref}': 'contents',
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': 'checks',
  'GET /repos/{owner}/{repo}/compare/{basehead}': 'contents',
  'GET /repos/{owner}/{repo}/contents/{path}': 'contents',
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}': 'deployments',
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': 'deployments',
  'GET /repos/{owner}/{repo}/environments': 'actions',
  'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules': 'actions',
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': 'contents',
  'GET /repos/{owner}/{repo}/git/ref/{ref}': 'contents',
  'GET /repos/{owner}/{repo}/git/tags/{tag_sha}': 'contents',
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': 'contents',
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}': 'pull_requests',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': 'pull_requests',
  'GET /repos/{owner}/{repo}/pulls': 'pull_requests',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': 'pull_requests',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': 'pull_requests',
  'GET /repos/{owner}/{repo}/releases/tags/{tag}': 'contents',
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': 'metadata',
  'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}': 'metadata',
  'GET /user/{account_id}': 'metadata',
  'GET /users/{username}': 'metadata',
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': 'checks',
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel': 'actions',
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule': 'deployments',
  'POST /repos/{owner}/{repo}/check-runs': 'checks',
  'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': 'deployments',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': 'pull_requests',
} as const satisfies Readonly<Record<string, PermissionName | 'app'>>
