import type { CheckResult, Instant, WorkflowResult } from '../facts.js'
import type { People } from './people.js'
import type { RawResult, RawResults } from './schema.js'

const ACTIONS = 'github-actions'

interface Suited {
  readonly suite: string
  readonly result: CheckResult
}

/** The newest result of each name, app and suite, as GitHub would list them; equally old ones all stand. */
export const checksOf = (raw: RawResults | undefined, people: People, now: Instant): readonly CheckResult[] => {
  const all = Object.entries(raw ?? {}).flatMap(([name, written]) =>
    [written].flat().map((each): Suited => {
      const details: RawResult = typeof each === 'string' ? { conclusion: each } : each
      return { suite: String(details.suite ?? ''), result: resultOf(name, details, people, now) }
    }),
  )
  const newest = new Map<string, Instant>()
  for (const each of all) newest.set(kin(each), Math.max(newest.get(kin(each)) ?? -Infinity, each.result.at))
  return all.filter((each) => each.result.at === newest.get(kin(each))).map(({ result }) => result)
}

/** What a newer result replaces: one of the same kind, name, reporter and suite. */
const kin = ({ suite, result }: Suited): string =>
  JSON.stringify([result.kind, result.name, result.app, result.kind === 'status' ? null : result.workflow, suite])

/** GitHub's words for what has no conclusion yet. */
const UNFINISHED: ReadonlySet<string> = new Set([
  'running',
  'queued',
  'in_progress',
  'pending',
  'requested',
  'waiting',
  'expected',
])

const resultOf = (name: string, raw: RawResult, people: People, now: Instant): CheckResult => {
  const kind = raw.kind ?? 'run'
  return {
    name,
    kind,
    app: raw.app === undefined ? (kind === 'run' ? ACTIONS : null) : raw.app,
    by: people.or(raw.by, null),
    workflow: raw.workflow ?? null,
    conclusion: conclusionOf(raw.conclusion ?? 'success'),
    at: raw.at === undefined ? now : Date.parse(raw.at),
  }
}

const conclusionOf = (written: string): string => (UNFINISHED.has(written) ? 'running' : written)

export const workflowsOf = (raw: Readonly<Record<string, string>> | undefined): readonly WorkflowResult[] =>
  Object.entries(raw ?? {}).map(([path, conclusion]) => ({ path, conclusion: conclusionOf(conclusion) }))
