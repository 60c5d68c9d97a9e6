import { expect } from '@jest/globals'
import type { RunOptions } from '../world/acts/actions.js'
import type { OpenOptions } from '../world/acts/pulls.js'
import type { WorkflowRun } from '../world/state/actions.js'
import type { MergeMethod, Pull } from '../world/state/pulls.js'
import { aWorld, type World, type WorldBuilder } from '../world/world.js'
import { startFlow, type Flow } from '../flows/app.js'

export const MERGE = 'release-gates/merge'
export const PUSH = 'release-gates/push'
export const POLICY = 'release-gates/policy'
export const deployCheck = (environment: string) => `release-gates/deploy/${environment}`

/** acme with its leads lena and leo, its delivery managers dora and dan, and everybody else. */
export const aCompany = (): WorldBuilder =>
  aWorld().withTeam('development-leads', ['lena', 'leo']).withTeam('delivery-managers', ['dora', 'dan'])

export interface Shipping extends OpenOptions {
  readonly approvedBy?: string
  readonly mergedBy?: string
  readonly method?: MergeMethod
}

/** A world under attack, with the app in it, and what an attack must not change: a gate is shut, and says why. */
export class Site {
  private constructor(
    readonly world: World,
    private running: Flow,
    private readonly options: SiteOptions,
  ) {}

  get flow(): Flow {
    return this.running
  }

  static async of(builder: WorldBuilder, options: SiteOptions = {}): Promise<Site> {
    const world = await builder
    // More calls than any site makes: in a world whose clock stands still, GitHub's hourly budget never comes back.
    world.github.budget(1_000_000)
    const flow = await startFlow(world, options)
    await flow.app.sweep()
    await world.settled()
    return new Site(world, flow, options)
  }

  end(): Promise<void> {
    return this.flow.end()
  }

  /** The app stops and starts again, with nothing but its folder. */
  async restarts(): Promise<void> {
    await this.running.stops()
    this.running = await startFlow(this.world, this.options)
    await this.flow.app.sweep()
  }

  async green(target: Pull | string): Promise<void> {
    for (const name of this.options.checks ?? []) await this.world.reportsCheck(target, { name, conclusion: 'success' })
  }

  async opened(options: OpenOptions = {}): Promise<Pull> {
    const pull = await this.world.opensPullRequest({ by: 'dev', ...options })
    await this.green(pull)
    return pull
  }

  /** The honest way to the base branch: opened, approved, merged by GitHub, green. */
  async ships({ approvedBy = 'lena', mergedBy = 'leo', method = 'merge', ...options }: Shipping = {}) {
    const pull = await this.opened(options)
    await this.world.approves(pull, { by: approvedBy })
    await this.isOpen(pull)
    const sha = await this.world.merges(pull, { by: mergedBy, method })
    await this.green(sha)
    await this.world.settled()
    return { pull, sha }
  }

  asks(environment: string, options: RunOptions = {}): Promise<WorkflowRun> {
    return this.world.runsWorkflow({ jobs: [{ name: 'deploy', environment }], ...options })
  }

  /** What GitHub was told of a run, without mere comments. */
  async told(run: WorkflowRun): Promise<readonly string[]> {
    return (await this.world.answers(run)).flatMap(({ state }) => (state === null ? [] : [state]))
  }

  async isOpen(target: Pull | string, name = MERGE): Promise<void> {
    const check = await this.world.check(target, name)
    expect(check?.conclusion === 'success' ? 'open' : check?.summary).toBe('open')
  }

  /** Not green in any of GitHub's ways, and the check's words say why. */
  async isShut(target: Pull | string, why: RegExp, name = MERGE): Promise<void> {
    const check = await this.world.check(target, name)
    expect(check).not.toBeNull()
    expect([null, 'failure', 'action_required']).toContain(check?.conclusion)
    expect(`${check?.title}\n${check?.summary}`).toMatch(why)
  }

  /** Nothing was approved, and the check of the environment says why. */
  async holds(run: WorkflowRun, environment: string, why: RegExp): Promise<void> {
    expect(await this.told(run)).not.toContain('approved')
    await this.isShut(run.headSha, why, deployCheck(environment))
  }

  /** Rejected for good, in words. */
  async rejects(run: WorkflowRun, why: RegExp): Promise<void> {
    expect(await this.told(run)).toEqual(['rejected'])
    expect(run.answers.find(({ state }) => state === 'rejected')?.comment).toMatch(why)
  }

  async approves(run: WorkflowRun): Promise<void> {
    expect(await this.told(run)).toEqual(['approved'])
  }
}

export interface SiteOptions {
  /** What CI reports green wherever the honest way is played. */
  readonly checks?: readonly string[]
  /** Default: kept in memory only. */
  readonly dataDir?: string
}

/** While GitHub takes the next request like this one, and before it answers, something happens there. */
export const meanwhile = (world: World, path: RegExp, act: () => unknown): void => {
  let done = false
  world.github.fails({
    path,
    get slow(): undefined {
      if (!done) act()
      done = true
      return undefined
    },
  } as unknown as Parameters<World['github']['fails']>[0])
}
