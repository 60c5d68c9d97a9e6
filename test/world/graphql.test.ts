import { afterEach, expect, test } from '@jest/globals'
import { aWorld } from './world.js'
import { asking } from './github.js'
import type { World } from './world.js'

let world: World

afterEach(async () => {
  await world.close()
})

const WHOLE = `query Change($owner: String!, $repo: String!, $number: Int!) {
  viewer { login }
  rateLimit { remaining }
  repository(owner: $owner, name: $repo) {
    databaseId isPrivate isArchived defaultBranchRef { name target { oid } }
    collaborators(first: 50) { edges { permission node { login } } }
    branchProtectionRules(first: 10) { nodes { pattern requiresApprovingReviews requiredStatusChecks { context app { slug } } bypassForcePushAllowances(first: 5) { nodes { actor { ... on User { login } } } } } }
    rulesets(first: 10) { nodes { name enforcement target bypassActors(first: 5) { nodes { bypassMode } } } }
    environments(first: 5) { nodes { name protectionRules(first: 5) { nodes { type } } } }
    deployments(first: 5) { nodes { state latestStatus { state } creator { login __typename } } }
    mergeQueue(branch: "main") { entries(first: 5) { nodes { enqueuer { login } headCommit { oid } pullRequest { number } } } }
    policy: object(expression: "main:.github/release-gates.yml") { ... on Blob { text byteSize isBinary isTruncated } }
    root: object(expression: "main:") { ... on Tree { entries { name path mode type oid } } }
    pullRequests(first: 5, states: [OPEN]) { totalCount nodes { number } }
    pullRequest(number: $number) {
      number title body state merged isDraft isCrossRepository createdAt lastEditedAt isInMergeQueue
      author { __typename login ... on User { databaseId } ... on Bot { databaseId } }
      baseRefName baseRefOid baseRef { target { oid } } headRefName headRefOid headRepository { nameWithOwner }
      mergedBy { login } mergeCommit { oid }
      mergeQueueEntry { enqueuer { login } } autoMergeRequest { enabledBy { login } }
      labels(first: 10) { nodes { name } }
      commits(first: 100) { totalCount pageInfo { hasNextPage endCursor } nodes { commit {
        oid abbreviatedOid message committedViaWeb pushedDate treeUrl tree { oid }
        author { name email user { databaseId login } } committer { email user { login } }
        authors(first: 10) { totalCount nodes { email user { login } } }
        parents(first: 5) { nodes { oid } }
        signature { isValid state wasSignedByGitHub signer { login } }
        file(path: "README.md") { mode type object { ... on Blob { text } } }
        history(first: 5, path: "README.md") { totalCount }
      } } }
      reviews(first: 10) { nodes { state author { login } commit { oid } submittedAt authorCanPushToRepository } }
      latestReviews(first: 10) { nodes { state } }
      reviewThreads(first: 10) { nodes { isResolved comments(first: 1) { nodes { body } } } }
      comments(first: 10) { nodes { author { login __typename } body createdAt lastEditedAt editor { login } createdViaEmail isMinimized } }
      files(first: 10) { totalCount nodes { path additions deletions changeType } }
      closingIssuesReferences(first: 5) { nodes { number repository { nameWithOwner } } }
      timelineItems(last: 5, itemTypes: [BASE_REF_CHANGED_EVENT, HEAD_REF_FORCE_PUSHED_EVENT, AUTO_MERGE_ENABLED_EVENT]) { nodes { __typename ... on BaseRefChangedEvent { createdAt previousRefName } } }
      head: commits(last: 1) { nodes { commit {
        statusCheckRollup { state contexts(first: 20) { totalCount nodes { __typename ... on CheckRun { name conclusion } ... on StatusContext { context state creator { login } } } } }
        status { state contexts { context state creator { login } } }
        associatedPullRequests(first: 5) { nodes { number } }
        checkSuites(first: 20) { nodes {
          status conclusion app { slug databaseId }
          workflowRun { databaseId event workflow { name resourcePath } file { path } }
          checkRuns(first: 20, filterBy: {checkType: LATEST}) { nodes { databaseId name status conclusion externalId deployment { environment } } }
        } }
      } } }
    }
  }
  organization(login: "acme") { team(slug: "leads") { databaseId
    all: members(first: 10) { totalCount edges { role node { login } } }
    direct: members(first: 10, membership: IMMEDIATE) { totalCount }
  } }
}`

test('one query answers everything that a gate asks of a pull request', async () => {
  world = await aWorld()
    .withTeam('leads', ['lena'])
    .withTeam('seniors', ['leo'], { parent: 'leads' })
    .withPolicy('version: 1\n')
    .withEnvironment('production')
  await world.protects('main', {
    approvals: 1,
    checks: [{ name: 'test', appId: 15_368 }],
    bypassForcePush: { users: ['ada'] },
  })
  await world.addsRuleset({
    name: 'strict',
    rules: [{ type: 'deletion' }],
    bypass: [{ actor_type: 'Team', actor_id: 1, bypass_mode: 'exempt' }],
  })
  await world.pushesTo('develop')
  const pull = await world.opensPullRequest({
    by: 'dev',
    coAuthors: ['ada'],
    labels: ['risky'],
    body: 'Closes #7',
    into: 'develop',
  })
  await world.retargets(pull, 'main')
  await world.approves(pull, { by: 'lena' })
  const comment = await world.comments(pull, { by: 'dora', body: 'first' })
  await world.editsComment(comment, { by: 'bob', body: 'second' })
  await world.opensThread(pull, { by: 'leo' })
  await world.setsStatus(pull, { context: 'ci', state: 'success' })
  await world.runsWorkflow({
    event: 'pull_request',
    ref: 'refs/heads/change-1',
    jobs: [{ name: 'test' }, { name: 'deploy', environment: 'production' }],
  })
  await world.enqueues(pull, { by: 'cora' })
  const answer = (await asking(world).query(WHOLE, { owner: 'acme', repo: 'shop', number: pull.number })) as {
    readonly data: { readonly repository: object; readonly organization: object }
    readonly errors?: unknown
  }
  expect(answer.errors).toBeUndefined()
  expect(answer.data).toMatchObject({
    repository: {
      policy: { text: 'version: 1\n' },
      rulesets: { nodes: [{ name: 'strict', bypassActors: null }] },
      branchProtectionRules: {
        nodes: [
          {
            requiredStatusChecks: [{ context: 'test', app: { slug: 'github-actions' } }],
            bypassForcePushAllowances: { nodes: [{ actor: { login: 'ada' } }] },
          },
        ],
      },
      mergeQueue: { entries: { nodes: [{ enqueuer: { login: 'cora' }, pullRequest: { number: 1 } }] } },
      pullRequest: {
        isInMergeQueue: true,
        commits: { totalCount: 2 },
        comments: { nodes: [{ author: { login: 'dora' }, editor: { login: 'bob' }, body: 'second' }] },
        timelineItems: { nodes: [{ __typename: 'BaseRefChangedEvent', previousRefName: 'develop' }] },
        closingIssuesReferences: { nodes: [{ number: 7 }] },
        head: {
          nodes: [
            {
              commit: {
                checkSuites: {
                  nodes: [
                    {
                      workflowRun: { file: { path: '.github/workflows/deploy.yml' } },
                      checkRuns: {
                        nodes: [{ name: 'test' }, { name: 'deploy', deployment: { environment: 'production' } }],
                      },
                    },
                  ],
                },
              },
            },
          ],
        },
      },
    },
    organization: { team: { all: { totalCount: 2 }, direct: { totalCount: 1 } } },
  })
})

const REVIEWS =
  'query Reviews { repository(owner: "acme", name: "shop") { databaseId pullRequest(number: 1) { title reviews(first: 5) { totalCount } } } }'

test('partial GraphQL errors carry data and errors', async () => {
  world = await aWorld()
  await world.opensPullRequest({ title: 'Sell more' })
  world.github.fails({ path: /Reviews/, field: 'repository.pullRequest.reviews' })
  expect(await asking(world).query(REVIEWS)).toMatchObject({
    data: { repository: { pullRequest: { title: 'Sell more', reviews: null } } },
    errors: [{ type: 'SERVICE_UNAVAILABLE', path: ['repository', 'pullRequest', 'reviews'] }],
  })
  expect(await asking(world).query(REVIEWS)).not.toHaveProperty('errors')
})

test('what does not exist and what is hidden are both NOT_FOUND', async () => {
  world = await aWorld().withRepository('secret')
  await world.installsOn(['acme/shop'])
  const hidden = await asking(world).query('{ repository(owner: "acme", name: "secret") { id } }')
  const absent = await asking(world).query('{ repository(owner: "acme", name: "nothing") { id } }')
  for (const answer of [hidden, absent])
    expect(answer).toMatchObject({ data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'] }] })
})

test('a document that GitHub would not accept is a violation', async () => {
  world = await aWorld()
  expect(await asking(world).query('{ repository(owner: "acme", name: "shop") { stars } }')).toMatchObject({
    errors: [{ message: expect.stringContaining('stars') }],
  })
  expect(world.violations).toHaveLength(1)
  world.forgivesViolations()
})

test('a list without a size, or of more than a hundred, is refused', async () => {
  world = await aWorld()
  const list = (size: string) =>
    asking(world).query(`{ repository(owner: "acme", name: "shop") { pullRequests${size} { totalCount } } }`)
  expect(await list('')).toMatchObject({ errors: [{ type: 'MISSING_PAGINATION_BOUNDARIES' }] })
  expect(await list('(first: 101)')).toMatchObject({ errors: [{ type: 'EXCESSIVE_PAGINATION' }] })
})

test('pages follow their cursors to the end', async () => {
  world = await aWorld()
  for (let count = 0; count < 3; count += 1) await world.opensPullRequest()
  const page = (after: string) =>
    `{ repository(owner: "acme", name: "shop") { pullRequests(first: 2${after}) { totalCount nodes { number } pageInfo { hasNextPage endCursor } } } }`
  const first = (await asking(world).query(page(''))) as {
    readonly data: {
      readonly repository: { readonly pullRequests: { readonly pageInfo: { readonly endCursor: string } } }
    }
  }
  expect(first).toMatchObject({
    data: {
      repository: {
        pullRequests: { totalCount: 3, nodes: [{ number: 1 }, { number: 2 }], pageInfo: { hasNextPage: true } },
      },
    },
  })
  const { endCursor } = first.data.repository.pullRequests.pageInfo
  expect(await asking(world).query(page(`, after: "${endCursor}"`))).toMatchObject({
    data: { repository: { pullRequests: { nodes: [{ number: 3 }], pageInfo: { hasNextPage: false } } } },
  })
})
