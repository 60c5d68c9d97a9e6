import { WorldOfPulls } from './pulls.js'
import { createCheckRun, setStatus, suiteFor, tellCheck, updateCheckRun } from '../operations/checks.js'
import { must } from '../must.js'
import type { CheckRun, CheckStatus, CommitStatus, Conclusion } from '../state/checks.js'
import type { InRepository } from '../core.js'
import type { Pull } from '../state/pulls.js'

/** A check run as an assertion wants to see it. */
export interface ShownCheck {
  readonly id: number
  readonly name: string
  readonly app: string
  readonly status: CheckStatus
  readonly conclusion: Conclusion | null
  readonly title: string | null
  readonly summary: string | null
  readonly text: string | null
  readonly actions: CheckRun['actions']
  readonly externalId: string
  readonly detailsUrl: string | null
}

export interface Reported extends InRepository {
  readonly name: string
  readonly status?: CheckStatus
  readonly conclusion?: Conclusion
  /** An app's slug; default: github-actions. */
  readonly app?: string
}

const shown = (run: CheckRun): ShownCheck => ({
  id: run.id,
  name: run.name,
  app: run.suite.app.slug,
  status: run.status,
  conclusion: run.conclusion,
  ...run.output,
  actions: run.actions,
  externalId: run.externalId,
  detailsUrl: run.detailsUrl,
})

/** What programs report on commits, and what people click there. */
export class WorldOfChecks extends WorldOfPulls {
  #where(target: Pull | string, repo: InRepository['repo']) {
    return typeof target === 'string'
      ? { repository: this.repository(repo), sha: target }
      : { repository: target.repository, sha: target.headSha }
  }

  /** A new run of this name, or the open one of it completed. */
  async reportsCheck(
    target: Pull | string,
    { name, status, conclusion, app = 'github-actions', repo }: Reported,
  ): Promise<CheckRun> {
    const { repository, sha } = this.#where(target, repo)
    const suite = suiteFor(this.platform, repository, this.anotherApp(app), sha)
    const open = repository.checkRuns.find(
      (run) => run.suite === suite && run.name === name && run.status !== 'completed',
    )
    const change = {
      ...(status && { status }),
      ...(conclusion && { conclusion }),
      ...(!status && !conclusion && { conclusion: 'success' as const }),
    }
    if (open) updateCheckRun(this.platform, repository, open, change)
    const run = open ?? createCheckRun(this.platform, repository, suite, { name, ...change })
    await this.afterAct()
    return run
  }

  async setsStatus(
    target: Pull | string,
    {
      context,
      state,
      by = 'dev',
      description = null,
      repo,
    }: InRepository & {
      readonly context: string
      readonly state: CommitStatus['state']
      readonly by?: string
      readonly description?: string | null
    },
  ): Promise<void> {
    const { repository, sha } = this.#where(target, repo)
    setStatus(this.platform, repository, {
      sha,
      context,
      state,
      description,
      targetUrl: null,
      creator: this.platform.findAccount(by) ?? this.person(by),
    })
    await this.afterAct()
  }

  /** A button of a check run. `identifier` need not be one that is shown: a press can be late. */
  async clicksButton(check: CheckRun | ShownCheck, identifier: string, { by }: { readonly by: string }): Promise<void> {
    const { repository, run } = this.#find(check)
    tellCheck(this.platform, repository, 'requested_action', run, this.person(by), { requested_action: { identifier } })
    await this.afterAct()
  }

  async rerequests(check: CheckRun | ShownCheck, { by }: { readonly by: string }): Promise<void> {
    const { repository, run } = this.#find(check)
    tellCheck(this.platform, repository, 'rerequested', run, this.person(by))
    await this.afterAct()
  }

  #find({ id }: { readonly id: number }) {
    for (const repository of this.platform.repositories) {
      const run = repository.checkRuns.find((one) => one.id === id)
      if (run) return { repository, run }
    }
    throw new Error(`The world has no check run ${id}`)
  }

  /** The newest run of this app by that name, once everything has settled; `null`: none. */
  async check(
    target: Pull | string,
    name: string,
    { app = this.app.slug, repo }: InRepository & { readonly app?: string } = {},
  ): Promise<ShownCheck | null> {
    return (await this.checks(target, { app, repo: this.repository(repo) })).find((run) => run.name === name) ?? null
  }

  /** Newest first, of every name; of one app where named. */
  async checks(
    target: Pull | string,
    { app, repo }: InRepository & { readonly app?: string } = {},
  ): Promise<readonly ShownCheck[]> {
    await this.settled()
    const { repository, sha } = this.#where(target, repo)
    return must(repository.checkRuns, 'check runs')
      .filter(({ suite }) => suite.headSha === sha && (app === undefined || suite.app.slug === app))
      .sort((a, b) => b.id - a.id)
      .map(shown)
  }
}
