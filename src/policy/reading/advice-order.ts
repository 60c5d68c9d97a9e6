import type { Advice } from './advice.js'
import { canonical } from './names.js'
import type { EnvironmentSection, PolicyDocument } from './policy-document.js'
import type { RuleEntry } from './walk.js'

/** As many environments as are followed one after the other; a longer row is not looked at to its end. */
const LONGEST_ROW = 100

/**
 * Environments that wait for each other in a ring by `deployed` at the top of their gates, or wait for such a ring: no
 * commit is ever the first there, so that none of them ever opens.
 */
export const ringAdvice = (policy: PolicyDocument): readonly Advice[] => {
  const waits = new Map(policy.environments.map((section) => [canonical(section.name), waitsOf(section)]))
  const isStuck = stuckIn(waits)
  return [...waits].flatMap(([name, all]) =>
    all.flatMap(({ to, place }) =>
      canonical(to) === name || !isStuck(canonical(to)) ? [] : [{ place, path: ['to'], message: told(to) }],
    ),
  )
}

const told = (to: string): string =>
  `\`${to}\` waits, by \`deployed\`, for environments that in the end wait for each other; no commit can ever be the first.`

interface Wait {
  readonly to: string
  readonly place: RuleEntry['place']
}

const waitsOf = ({ release }: EnvironmentSection): readonly Wait[] =>
  (release ?? []).flatMap((entry) => {
    if (entry.kind !== 'rule' || entry.rule.name !== 'deployed') return []
    const { params, place } = entry
    return typeof params === 'object' && params !== null && 'to' in params ? [{ to: String(params.to), place }] : []
  })

/** Whether an environment waits for itself in the end, each one looked at once. */
const stuckIn = (waits: ReadonlyMap<string, readonly Wait[]>): ((name: string) => boolean) => {
  const found = new Map<string, boolean>()
  const look = (name: string, depth: number): boolean => {
    const before = found.get(name)
    if (before !== undefined || depth > LONGEST_ROW) return before ?? false
    found.set(name, true)
    const stuck = (waits.get(name) ?? []).some(({ to }) => look(canonical(to), depth + 1))
    found.set(name, stuck)
    return stuck
  }
  return (name) => look(name, 0)
}
