import type { Store } from '../../src/store/store.js'
import type { LedgerEntry } from '../../src/gatekeeper/ports.js'
import type { CheckRun } from '../world/state/checks.js'
import { mayMerge } from './oracle.js'
import { MERGE, type Shop } from './shop.js'

/** Those of the app. */
export const ours = ({ world }: Shop, runs: readonly CheckRun[]) => runs.filter(({ suite }) => suite.app === world.app)

/** The newest check run of every gate and commit that something open is about, as one line each. */
export const shownBy = (shop: Shop): ReadonlyMap<string, string> => {
  const repository = shop.world.repository()
  const heads = repository.pulls.filter(({ state }) => state === 'open').map(({ headSha }) => headSha)
  const asked = repository.runs.map(({ headSha }) => headSha)
  const about = new Set([...heads, ...asked])
  const shown = new Map<string, string>()
  for (const { name, suite, status, conclusion, output } of ours(shop, repository.checkRuns))
    if (about.has(suite.headSha))
      shown.set(`${name} on ${suite.headSha}`, `${conclusion ?? status}: ${output.title ?? ''}`)
  for (const run of repository.runs)
    shown.set(
      `answers to run ${run.id}`,
      run.answers.flatMap(({ state, attempt }) => (state === null ? [] : [`${state} ${attempt}`])).join(', '),
    )
  return shown
}

/** What two times do not show alike. */
export const differences = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key}: “${before.get(key) ?? 'nothing'}” is “${after.get(key) ?? 'nothing'}” when judged afresh`)

/** Every open pull request shows what a reader of GitHub's state says. */
export const wronglyShown = (shop: Shop): readonly string[] =>
  shop.world
    .repository()
    .pulls.filter(({ state }) => state === 'open')
    .flatMap((pull) => {
      const run = ours(shop, pull.repository.checkRuns)
        .filter(({ name, suite }) => name === MERGE && suite.headSha === pull.headSha)
        .at(-1)
      const ruling = mayMerge(pull)
      const green = run?.conclusion === 'success'
      const what = `#${pull.number} at ${pull.headSha}`
      if (run === undefined) return [`${what} has no check`]
      if (ruling === 'yes' && !green) return [`${what} should be allowed, and shows: ${run.output.title ?? ''}`]
      return ruling === 'no' && green ? [`${what} is green and must not be`] : []
    })

const entriesOf = async ({ ledger }: Store, kind: LedgerEntry['kind']): Promise<readonly LedgerEntry[]> => {
  const found: LedgerEntry[] = []
  for await (const entry of ledger.entries({ kinds: [kind] })) found.push(entry)
  return found
}

/** Incidents are on record for runs that somebody started past the gate, each once, and for no others. */
export const falseIncidents = async (shop: Shop, store: Store): Promise<readonly string[]> => {
  const raised = (await entriesOf(store, 'incident')).map(({ body }) => Number(body['run']))
  const false_ = raised.filter((run) => !shop.bypassed.has(run))
  const twice = raised.filter((run, index) => raised.indexOf(run) !== index)
  return [
    ...false_.map((run) => `an incident was raised for run ${run}, which the gate let in`),
    ...twice.map((run) => `run ${run} has two incidents`),
  ]
}

export const brokenLedger = async ({ ledger }: Store): Promise<readonly string[]> => {
  const verified = await ledger.verify()
  return verified.ok ? [] : [`the ledger does not verify: ${JSON.stringify(verified)}`]
}
