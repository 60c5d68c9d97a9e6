import type { CheckRun } from '../world/state/checks.js'
import type { WorkflowRun } from '../world/state/actions.js'
import { mayEnterProduction, mayMerge, type Ruling } from './oracle.js'
import { MERGE, type Shop } from './shop.js'

/**
 * Between reading the facts and GitHub's having the answer lies a look of so many real milliseconds at most: what was
 * right then may be said then.
 */
const LONGEST_LOOK = 12_000

export interface Witness {
  /** What must never be, in the order seen. */
  readonly broken: string[]
  /** Check runs that were seen before they were completed. */
  readonly wasOpen: ReadonlySet<CheckRun>
  readonly greens: number
  readonly releases: number
  /** Before anything changes: what is right at this instant. */
  remembers(): void
}

/** Watches every answer at the moment at which GitHub gets it. */
export const aWitness = (shop: Shop): Witness => {
  const { world } = shop
  const repository = world.repository()
  const broken: string[] = []
  const lastRight = new Map<string, number>()
  const seenGreens = new Set<CheckRun>()
  const wasOpen = new Set<CheckRun>()
  const seenAnswers = new Map<WorkflowRun, number>()
  let greens = 0
  let releases = 0

  const note = (key: string, ruling: Ruling): void => {
    if (ruling !== 'no') lastRight.set(key, Date.now())
  }
  const wasRight = (key: string): boolean => Date.now() - (lastRight.get(key) ?? -Infinity) <= LONGEST_LOOK
  const remembers = (): void => {
    for (const pull of repository.pulls.filter(({ state }) => state === 'open'))
      note(`merge of ${pull.headSha}`, mayMerge(pull))
    for (const run of repository.runs.filter(({ attempts }) => (attempts.at(-1)?.pending.length ?? 0) > 0))
      note(`production by run ${run.id}/${run.attempts.length}`, mayEnterProduction(shop, run))
  }
  const onGreen = (run: CheckRun): void => {
    greens += 1
    const key = `merge of ${run.suite.headSha}`
    if (!wasRight(key)) broken.push(`the ${key} was allowed and must not have been`)
  }
  const stagingRuns = () =>
    repository.runs
      .flatMap(({ id, attempts }) => attempts.flatMap(({ jobs }) => jobs.map((job) => ({ id, job }))))
      .filter(({ job }) => job.environment === 'staging' && job.check.status === 'in_progress')
  const onAnswer = (run: WorkflowRun, index: number): void => {
    const answer = run.answers[index]
    if (answer?.state !== 'approved') return
    releases += 1
    const key = `production by run ${run.id}/${answer.attempt}`
    if (answer.environment === 'production' && !wasRight(key)) broken.push(`${key} was allowed and must not have been`)
    const running = stagingRuns()
    if (answer.environment === 'staging' && running.length > 1)
      broken.push(`staging is entered by runs ${running.map(({ id }) => id).join(' and ')} at once`)
  }
  world.platform.onHappening(() => {
    remembers()
    for (const run of repository.checkRuns.slice(-40)) {
      if (run.status !== 'completed') wasOpen.add(run)
      if (run.name === MERGE && run.conclusion === 'success' && !seenGreens.has(run)) {
        seenGreens.add(run)
        onGreen(run)
      }
    }
    for (const run of repository.runs) {
      for (let index = seenAnswers.get(run) ?? 0; index < run.answers.length; index += 1) onAnswer(run, index)
      seenAnswers.set(run, run.answers.length)
    }
  })
  return {
    broken,
    remembers,
    wasOpen,
    get greens() {
      return greens
    },
    get releases() {
      return releases
    },
  }
}
