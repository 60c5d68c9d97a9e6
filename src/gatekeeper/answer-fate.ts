import type { Instant } from '../policy/facts.js'
import { MINUTE } from './gatekeeper.js'
import { Unreadable, type ApiDeployment, type Repository, type StoredIntent } from './ports.js'
import { sameName } from './release.js'

/** What became of an answer, as GitHub shows it; `null`: GitHub does not tell. */
export type Became = { readonly said: boolean } | null

/** What goes on record of an answer of which GitHub does not tell what became. */
export const NOT_TOLD = { reason: 'GitHub does not tell' } as const

/** GitHub tells whole seconds, by its own clock: what follows an answer may seem this much earlier. */
const CLOCKS_DIFFER = MINUTE

const HOUR = 60 * MINUTE
/** A 404 may be trouble. When it has lasted for so long, what was asked for is gone. */
const GONE_AFTER = 24 * HOUR

type AnswerToRun = StoredIntent & { readonly run: number }

const hasEntered = async (
  repository: Repository,
  { run, target, sha, at }: AnswerToRun,
  before: Instant,
): Promise<boolean> =>
  sha !== null &&
  (await repository.entered(run, target, sha)).some((entry) => entry >= at - CLOCKS_DIFFER && entry <= before)

/**
 * A run that GitHub does not hold for us any more has our answer, as long as it goes on. One that has ended, or begun
 * anew, may have been cancelled unanswered: then it was approved only if a job of it started.
 */
const answerBecame = async (repository: Repository, intent: AnswerToRun): Promise<Became> => {
  const pending = await repository.pending(intent.run)
  const run = await repository.run(intent.run)
  const isAnother = run.attempt !== intent.attempt
  if (!isAnother && pending.some((name) => sameName(name, intent.target))) return { said: false }
  if (!isAnother && run.status !== 'completed') return { said: true }
  const entered = await hasEntered(repository, intent, isAnother ? run.startedAt : Infinity)
  if (intent.what === 'approve') return entered ? { said: true } : null
  if (entered) return { said: false }
  return !isAnother && run.conclusion === 'failure' ? { said: true } : null
}

/** Whether a deployment made through the API was given the status that an intent meant to give it. */
export const isGiven = ({ statuses }: ApiDeployment, { body, at: since }: Pick<StoredIntent, 'body' | 'at'>): boolean =>
  statuses.some(
    ({ state, description, at }) =>
      state === body['state'] && description === body['description'] && at >= since - CLOCKS_DIFFER,
  )

/** @throws {Unreadable} when GitHub cannot be asked. */
export const answerFate = async (repository: Repository, intent: StoredIntent, now: Instant): Promise<Became> => {
  const { run } = intent
  if (run === null) return null
  try {
    if (run > 0) return await answerBecame(repository, { ...intent, run })
    return { said: isGiven(await repository.apiDeployment(-run), intent) }
  } catch (error) {
    if (error instanceof Unreadable && error.status === 404 && now - intent.at >= GONE_AFTER) return null
    throw error
  }
}
