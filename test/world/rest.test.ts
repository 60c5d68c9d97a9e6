import { afterEach, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { aWorld } from './world.js'
import type { World } from './world.js'

let world: World

const get = async (path: string, token = world.token()) => {
  const response = await fetch(`${world.origin}/api/v3${path}`, { headers: { authorization: `Bearer ${token}` } })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as never,
  }
}

afterEach(async () => {
  await world.close()
})

test('every read operation that is served answers as GitHub describes it', async () => {
  world = await aWorld()
    .withTeam('development-leads', ['lena'])
    .withTeam('seniors', ['leo'], { parent: 'development-leads' })
    .withEnvironment('production', { waitTimer: 0, reviewers: ['lena', 'team:seniors'], branchPolicy: ['main'] })
    .withProtection('main', {
      approvals: 1,
      checks: ['test', { name: 'release-gates/merge', appId: 301 }],
      restrictedTo: { users: ['lena'] },
      bypassPullRequest: { teams: ['seniors'] },
    })
    .withRuleset({ name: 'tags', target: 'tag', include: ['~ALL'], rules: [{ type: 'deletion' }] })
    .withRuleset({
      name: 'main',
      of: 'organisation',
      rules: [
        {
          type: 'pull_request',
          parameters: {
            required_approving_review_count: 1,
            dismiss_stale_reviews_on_push: true,
            require_code_owner_review: false,
            require_last_push_approval: false,
            required_review_thread_resolution: false,
          },
        },
      ],
    })
  const pull = await world.opensPullRequest({ by: 'dev', labels: ['urgent'], body: 'Fixes #9' })
  await world.approves(pull, { by: 'lena' })
  await world.opensThread(pull, { by: 'leo' })
  const comment = await world.comments(pull, { by: 'dora', body: '/gates' })
  await world.reportsCheck(pull, { name: 'test' })
  const mine = await world.reportsCheck(pull, {
    name: 'release-gates/merge',
    app: 'release-gates',
    status: 'in_progress',
  })
  await world.setsStatus(pull, { context: 'ci', state: 'success' })
  await world.tags('v1', 'main', { message: 'One' })
  await world.releases('v1')
  const merged = await world.merges(pull, { by: 'lena', method: 'squash' })
  const second = await world.opensPullRequest({ by: 'leo', fromFork: true })
  const run = await world.runsWorkflow({ jobs: [{ name: 'build' }, { name: 'deploy', environment: 'production' }] })
  await world.reviewsDeployment(run, 'production', { by: 'lena' })
  const deployment = await world.createsDeployment({ by: 'dan', environment: 'staging' })
  await world.setsDeploymentStatus(deployment, { by: 'dan', state: 'success' })
  const values: Readonly<Record<string, string | number>> = {
    owner: 'acme',
    repo: 'shop',
    org: 'acme',
    username: 'lena',
    team_slug: 'development-leads',
    account_id: world.who('lena').id,
    installation_id: world.installation.id,
    branch: 'main',
    ref: 'heads/main',
    commit_sha: merged,
    pull_number: second.number,
    issue_number: second.number,
    comment_id: comment.id,
    check_run_id: mine.id,
    check_suite_id: mine.suite.id,
    basehead: `main...${merged}`,
    path: 'README.md',
    deployment_id: deployment.id,
    environment_name: 'production',
    run_id: run.id,
    attempt_number: 1,
    job_id: world.job(run, 'build').id,
    tag: 'v1',
    ruleset_id: world.repository().rulesets[0]?.id ?? 0,
    tree_sha: world.repository().store.commit(merged).tree,
    file_sha: world.repository().store.commit(merged).files.get('README.md')?.sha ?? '',
    tag_sha: world.repository().tags.get('v1')?.object?.sha ?? '',
  }
  const { paths } = JSON.parse(readFileSync('test/world/openapi.json', 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  }
  const human = world.token('owner')
  const open = Object.keys(paths).filter(
    (path) => paths[path]?.['get'] && !/^\/app|installation\}?$|^\/installation/.test(path),
  )
  const wrong: string[] = []
  for (const template of open) {
    const path = template
      .replace('/commits/{ref}', `/commits/${merged}`)
      .replace('{pull_number}/merge', `${pull.number}/merge`)
      .replace('/orgs/{org}/rulesets/{ruleset_id}', `/orgs/acme/rulesets/${world.founded.organisation.rulesets[0]?.id}`)
      .replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
    const { status } = await get(path, human)
    if (status >= 300) wrong.push(`${status} ${path}`)
  }
  expect(wrong).toEqual([])
  expect((await get('/installation/repositories')).status).toBe(200)
}, 120_000)
