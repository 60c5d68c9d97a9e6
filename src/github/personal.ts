import { ProbotOctokit } from 'probot'
import { z } from 'zod'
import type { Clock, Logger, Purpose, ReaderRecords, Repository } from '../gatekeeper/ports.js'
import { installationId, repositoryId, type Instant, type Sha } from '../policy/facts.js'
import { apiOf } from './api.js'
import { createEnding } from './ending.js'
import { githubGateway } from './gateway.js'
import { createLimiter } from './limiting/limiter.js'
import { octokitOptions } from './octokit.js'
import { filled, positive } from './shapes.js'

export interface PersonalSettings {
  /** A token of a person; only what they may read is seen. */
  readonly token: string
  readonly host?: string | undefined
  readonly protocol?: string | undefined
  /** The app whose checks count as its own. */
  readonly appId: number
  readonly policyRepository: string
  readonly records: ReaderRecords
  readonly clock: Clock
}

export interface GuardedEnvironment {
  readonly name: string
  /** Ids of the apps whose custom protection rule is enabled; `null`: GitHub did not show them. */
  readonly apps: readonly number[] | null
}

/** GitHub as one person sees it, through the readers that the app itself uses. Nothing is ever written. */
export interface PersonalView {
  /** @throws {Unreadable} when there is no such repository, or this person may not see it. */
  repository(owner: string, name: string): Promise<Repository>
  /** The whole SHA of a commit that the repository has. */
  commit(owner: string, name: string, sha: string): Promise<Sha>
  /** Ids of the runs of a commit, newest first. */
  runs(owner: string, name: string, sha: Sha): Promise<readonly number[]>
  /** Every environment, and the apps that GitHub asks before a job enters it. */
  environments(owner: string, name: string): Promise<readonly GuardedEnvironment[]>
  /** GitHub's time, as its newest reply told; ours before the first. */
  now(): Instant
}

const GUARDS = 'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules'
const LOOK: Purpose = { urgency: 'change', about: 'explain' }
const SILENT: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
/** Installations are the app's; a person looks as themselves. */
const NO_INSTALLATION = installationId(0)

const repositorySchema = z.object({ id: positive, name: filled, owner: z.object({ login: filled }) })
const commitSchema = z.object({ sha: filled })
const runSchema = z.object({ id: positive })
const environmentSchema = z.object({ name: filled })
const guardsSchema = z.object({
  custom_deployment_protection_rules: z.array(z.object({ enabled: z.boolean(), app: z.object({ id: positive }) })),
})

export const personalView = (settings: PersonalSettings): PersonalView => {
  const { token, host, protocol, clock } = settings
  const options = octokitOptions({ host, protocol })
  const octokit = new ProbotOctokit({ ...options({}), auth: { token } })
  const limiter = createLimiter(clock)
  const api = apiOf({ octokit, clock, limiter, ending: createEnding(), purpose: LOOK, heard: () => undefined })
  const gateway = githubGateway({
    ...settings,
    appOctokit: async () => octokit,
    octokitFor: async () => octokit,
    log: SILENT,
  })
  const guards = async (owner: string, repo: string, name: string): Promise<GuardedEnvironment> => {
    const found = await api.find(
      `protection rules of ${name}`,
      GUARDS,
      { owner, repo, environment_name: name },
      guardsSchema,
    )
    const rules = found?.custom_deployment_protection_rules ?? null
    return { name, apps: rules === null ? null : rules.filter(({ enabled }) => enabled).map(({ app }) => app.id) }
  }
  return {
    async environments(owner, name) {
      const at = { owner, repo: name }
      const rows = await api.all('environments', 'GET /repos/{owner}/{repo}/environments', at, environmentSchema, {
        rows: 'environments',
      })
      return Promise.all(rows.map((row) => guards(owner, name, row.name)))
    },
    async repository(owner, name) {
      const at = { owner, repo: name }
      const found = await api.get(`${owner}/${name}`, 'GET /repos/{owner}/{repo}', at, repositorySchema)
      return gateway.repository(
        { installation: NO_INSTALLATION, id: repositoryId(found.id), owner: found.owner.login, name: found.name },
        LOOK,
      )
    },
    async commit(owner, name, sha) {
      const at = { owner, repo: name, ref: sha }
      return (await api.get(`commit ${sha}`, 'GET /repos/{owner}/{repo}/commits/{ref}', at, commitSchema)).sha
    },
    async runs(owner, name, sha) {
      const at = { owner, repo: name, head_sha: sha }
      const rows = await api.all(`runs of ${sha}`, 'GET /repos/{owner}/{repo}/actions/runs', at, runSchema, {
        rows: 'workflow_runs',
      })
      return rows.map(({ id }) => id).sort((a, b) => b - a)
    },
    now: () => clock.now() + (gateway.clockOffset() ?? 0),
  }
}
