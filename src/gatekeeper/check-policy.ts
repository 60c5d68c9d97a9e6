import type { ComparedAt } from '../policy/comparing/compare.js'
import type { Sha } from '../policy/facts.js'
import { showCheck, type CheckContent } from './answer-check.js'
import { checkName } from './check-names.js'
import { fullName, type JudgedChange } from './evaluate-change.js'
import { SOON, STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import { sayPart, type PartSaid } from './policy-part.js'
import { differencesCount, scenariosText } from './policy-words.js'
import { Unreadable, type Lease, type Repository } from './ports.js'
import { runScenariosAt, type ScenarioRuns } from './scenario-runs.js'
import { touchedBy } from './touched-policy.js'

/** Scenarios of a commit never change, nor what they are run against: they are run once. */
const ranBefore = new Map<string, ScenarioRuns>()
const KEPT = 100

const scenariosOf = async (
  { clock }: Gatekeeper,
  repository: Repository,
  sha: Sha,
): Promise<ScenarioRuns | Unreadable> => {
  const key = `${repository.address.id}/${sha}`
  const known = ranBefore.get(key)
  if (known !== undefined) return known
  try {
    const runs = await runScenariosAt(repository, sha, clock)
    if (ranBefore.size >= KEPT) ranBefore.clear()
    ranBefore.set(key, runs)
    return runs
  } catch (error) {
    if (error instanceof Unreadable) return error
    throw error
  }
}

type Content = Pick<CheckContent, 'conclusion' | 'title' | 'summary' | 'annotations'>

const whole = (said: readonly PartSaid[], more: readonly string[]): string =>
  [...said.map(({ summary }) => summary), ...more].join('\n\n---\n\n')

/** What is wrong counts before what could not be read, and both before what is fine. */
const contentOf = (said: readonly PartSaid[], runs: ScenarioRuns | Unreadable | null): Content => {
  const bad = said.find(({ state }) => state === 'wrong') ?? said.find(({ state }) => state === 'wait')
  if (bad !== undefined || runs === null)
    return {
      conclusion: bad?.state === 'wrong' ? 'failure' : null,
      title: bad?.title ?? '',
      summary: whole(said, []),
      annotations: said.flatMap(({ annotations }) => annotations),
    }
  if (runs instanceof Unreadable)
    return { conclusion: null, title: 'The scenario files could not be read', summary: whole(said, [runs.message]) }
  const summary = whole(said, [scenariosText(runs)])
  const annotations = runs.failures.map(({ annotation }) => annotation)
  if (runs.failures.length > 0 || runs.leftOut.length > 0)
    return { conclusion: 'failure', title: failedTitle(runs), summary, annotations }
  if (said.length === 0) return { conclusion: 'success', title: onlyScenarios(runs), summary }
  const count = differencesCount(said.flatMap(({ differences }) => differences))
  const title = said.map((part) => part.title).join('; ')
  return { conclusion: 'success', title: count === '' ? title : `${title}: ${count}`, summary }
}

const onlyScenarios = ({ ran }: ScenarioRuns): string => {
  if (ran === 0) return 'There is no scenario to run'
  return ran === 1 ? 'The scenario is as expected' : `${ran} scenarios are as expected`
}

const failedTitle = ({ failures }: ScenarioRuns): string => {
  if (failures.length === 0) return 'Not every scenario was run'
  return failures.length === 1 ? 'A scenario is not as expected' : `${failures.length} scenarios are not as expected`
}

const comparedAt = (repository: Repository, { read, state }: JudgedChange): ComparedAt => ({
  repository: fullName(repository),
  defaultBranch: state.defaultBranch,
  organisation: read.policies.organisation.state === 'present' ? read.policies.organisation.policy : null,
})

/**
 * `release-gates/policy` on a head that touches a policy or scenario file, or whose base has a broken policy: the
 * mistakes at the lines at fault; else what becomes weaker and what stronger, and how the scenarios of the head fare
 * against its policy.
 * @returns when to look again, or `null`.
 */
export const showPolicyCheck = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  judged: JudgedChange,
): Promise<number | null> => {
  const { parts, scenarios } = await touchedBy(repository, judged)
  if (parts.length === 0 && !scenarios) return null
  const { headSha, checks, base } = judged.state
  const at = comparedAt(repository, judged)
  const said = parts.map((part) => sayPart(part, at, base))
  const readable = said.every(({ state }) => state === 'fine')
  const content = contentOf(said, readable ? await scenariosOf(gatekeeper, repository, headSha) : null)
  const name = checkName({ of: 'policy' }, judged.gates[0]?.mode ?? 'enforce')
  const shown = checks.find((check) => check.name === name) ?? null
  await showCheck(gatekeeper, lease, repository, { name, sha: headSha, ...content }, shown, STALE_AFTER)
  return content.conclusion === null ? gatekeeper.clock.now() + SOON : null
}
