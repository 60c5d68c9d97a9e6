/**
 * Writes test/world/openapi.json: GitHub's own description, cut down to the operations and webhooks that the stand-in
 * serves, with every component they reach. Prose and examples go; `nullable` becomes a JSON Schema type, so that ajv
 * reads it. Run `node scripts/trim-openapi.mjs` after changing a list below or updating @octokit/openapi.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { URL } from 'node:url'

const require = createRequire(import.meta.url)
const whole = JSON.parse(readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'))

const repo = '/repos/{owner}/{repo}'
const OPERATIONS = [
  'GET /app',
  'GET /app/installations',
  'GET /app/installations/{installation_id}',
  'POST /app/installations/{installation_id}/access_tokens',
  'GET /app/hook/config',
  'GET /app/hook/deliveries',
  'GET /app/hook/deliveries/{delivery_id}',
  'POST /app/hook/deliveries/{delivery_id}/attempts',
  'POST /app-manifests/{code}/conversions',
  'GET /installation/repositories',
  'GET /user/installations',
  'GET /user/installations/{installation_id}/repositories',
  'GET /rate_limit',
  'GET /meta',
  'GET /user',
  'GET /user/{account_id}',
  'GET /user/orgs',
  'GET /users/{username}',
  'GET /users/{username}/installation',
  'GET /orgs/{org}',
  'GET /orgs/{org}/installation',
  'GET /orgs/{org}/installations',
  'GET /orgs/{org}/repos',
  'GET /orgs/{org}/members',
  'GET /orgs/{org}/members/{username}',
  'GET /orgs/{org}/memberships/{username}',
  'GET /orgs/{org}/rulesets',
  'GET /orgs/{org}/rulesets/{ruleset_id}',
  'GET /orgs/{org}/teams',
  'GET /orgs/{org}/teams/{team_slug}',
  'GET /orgs/{org}/teams/{team_slug}/members',
  'GET /orgs/{org}/teams/{team_slug}/memberships/{username}',
  'GET /orgs/{org}/teams/{team_slug}/teams',
  `GET ${repo}`,
  ...[
    'installation',
    'activity',
    'branches',
    'branches/{branch}',
    'branches/{branch}/protection',
    'collaborators',
    'collaborators/{username}',
    'collaborators/{username}/permission',
    'commits',
    'commits/{ref}',
    'commits/{ref}/check-runs',
    'commits/{ref}/check-suites',
    'commits/{ref}/status',
    'commits/{ref}/statuses',
    'commits/{commit_sha}/pulls',
    'compare/{basehead}',
    'contents/{path}',
    'check-runs/{check_run_id}',
    'check-suites/{check_suite_id}',
    'check-suites/{check_suite_id}/check-runs',
    'deployments',
    'deployments/{deployment_id}',
    'deployments/{deployment_id}/statuses',
    'environments',
    'environments/{environment_name}',
    'environments/{environment_name}/deployment_protection_rules',
    'environments/{environment_name}/deployment-branch-policies',
    'git/blobs/{file_sha}',
    'git/commits/{commit_sha}',
    'git/matching-refs/{ref}',
    'git/ref/{ref}',
    'git/tags/{tag_sha}',
    'git/trees/{tree_sha}',
    'actions/runs',
    'actions/runs/{run_id}',
    'actions/runs/{run_id}/attempts/{attempt_number}',
    'actions/runs/{run_id}/attempts/{attempt_number}/jobs',
    'actions/runs/{run_id}/jobs',
    'actions/runs/{run_id}/approvals',
    'actions/runs/{run_id}/pending_deployments',
    'actions/jobs/{job_id}',
    'issues/{issue_number}',
    'issues/{issue_number}/comments',
    'issues/comments/{comment_id}',
    'issues/comments/{comment_id}/reactions',
    'pulls',
    'pulls/{pull_number}',
    'pulls/{pull_number}/commits',
    'pulls/{pull_number}/files',
    'pulls/{pull_number}/merge',
    'pulls/{pull_number}/reviews',
    'releases',
    'releases/tags/{tag}',
    'rules/branches/{branch}',
    'rulesets',
    'rulesets/{ruleset_id}',
    'tags',
    'teams',
  ].map((path) => `GET ${repo}/${path}`),
  ...[
    'check-runs',
    'statuses/{sha}',
    'deployments',
    'deployments/{deployment_id}/statuses',
    'actions/runs/{run_id}/deployment_protection_rule',
    'actions/runs/{run_id}/cancel',
    'issues/{issue_number}/comments',
    'issues/comments/{comment_id}/reactions',
    'git/blobs',
    'git/trees',
    'git/commits',
    'git/refs',
    'pulls',
    'environments/{environment_name}/deployment_protection_rules',
    'rulesets',
  ].map((path) => `POST ${repo}/${path}`),
  `PATCH ${repo}/check-runs/{check_run_id}`,
  `PATCH ${repo}/issues/comments/{comment_id}`,
  `PUT ${repo}/branches/{branch}/protection`,
  `PUT ${repo}/rulesets/{ruleset_id}`,
  `PUT ${repo}/contents/{path}`,
  `PUT ${repo}/environments/{environment_name}`,
]
const WEBHOOKS = new RegExp(
  `^(${[
    'branch-protection-(rule|configuration)-.*',
    'check-run-.*',
    'check-suite-(completed|requested|rerequested)',
    'create',
    'delete',
    'deployment-created',
    'deployment-protection-rule-requested',
    'deployment-review-.*',
    'deployment-status-created',
    'installation-(created|deleted|suspend|unsuspend|new-permissions-accepted)',
    'installation-repositories-.*',
    'issue-comment-(created|edited|deleted)',
    'member-.*',
    'membership-.*',
    'merge-group-.*',
    'organization-(member-.*|renamed)',
    'ping',
    'pull-request-(opened|synchronize|reopened|closed|edited|labeled|unlabeled|converted-to-draft|ready-for-review|auto-merge-.*|enqueued|dequeued)',
    'pull-request-review-(submitted|dismissed|edited)',
    'pull-request-review-thread-.*',
    'push',
    'repository-(created|deleted|archived|unarchived|edited|renamed|privatized|publicized)',
    'repository-ruleset-.*',
    'status',
    'team-(created|deleted|edited)',
    'workflow-job-.*',
    'workflow-run-.*',
  ].join('|')})$`,
)

const PROSE = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'externalDocs',
  'tags',
  'x-github',
  'title',
  'deprecated',
  'headers',
  'x-multi-segment',
])
const NAMES = new Set(['properties', 'schemas', 'parameters', 'responses'])

/** Without prose; the keys below `properties` and its kin are names, not keywords. */
const bare = (node, names = false) => {
  if (Array.isArray(node)) return node.map((item) => bare(item))
  if (node === null || typeof node !== 'object') return node
  const kept = Object.entries(node).filter(([key]) => names || !PROSE.has(key))
  return nullable(
    Object.fromEntries(
      kept.map(([key, value]) => [key, bare(value, !names && NAMES.has(key) && !Array.isArray(value))]),
    ),
    names,
  )
}

const nullable = (node, names) => {
  if (names || node.nullable !== true) return node
  const rest = Object.fromEntries(Object.entries(node).filter(([key]) => key !== 'nullable'))
  if (typeof rest.type === 'string')
    return { ...rest, type: [rest.type, 'null'], ...(rest.enum && { enum: [...new Set([...rest.enum, null])] }) }
  return { anyOf: [rest, { type: 'null' }] }
}

const components = {}
const reach = (node) => {
  if (Array.isArray(node)) return node.forEach(reach)
  if (node === null || typeof node !== 'object') return
  if (typeof node.$ref === 'string') {
    const [, , kind, name] = node.$ref.split('/')
    if (components[kind]?.[name]) return
    const found = bare(whole.components[kind][name])
    ;(components[kind] ??= {})[name] = found
    reach(found)
  }
  Object.values(node).forEach(reach)
}

const paths = {}
for (const line of OPERATIONS) {
  const [method, path] = line.split(' ')
  const item = whole.paths[path]
  const operation = item?.[method.toLowerCase()]
  if (!operation) throw new Error(`GitHub does not describe ${line}`)
  const { operationId, parameters = [], requestBody, responses } = bare(operation)
  const success = Object.fromEntries(Object.entries(responses).filter(([status]) => Number(status) < 400))
  ;(paths[path] ??= {})[method.toLowerCase()] = {
    operationId,
    parameters,
    ...(requestBody && { requestBody }),
    responses: success,
  }
}
const webhooks = {}
for (const [name, { post }] of Object.entries(whole['x-webhooks'])) {
  if (WEBHOOKS.test(name)) webhooks[name] = bare(post.requestBody.content['application/json'].schema)
}
reach(paths)
reach(webhooks)

const target = new URL('../test/world/openapi.json', import.meta.url)
writeFileSync(target, `${JSON.stringify({ version: whole.info.version, paths, webhooks, components })}\n`)
console.log(
  `${OPERATIONS.length} operations, ${Object.keys(webhooks).length} webhooks, ${Object.keys(components.schemas).length} schemas`,
)
