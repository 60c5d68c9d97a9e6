import type { PolicyDocument } from '../policy/reading/document.js'
import type { FreezeSection } from '../policy/reading/policy-document.js'
import type { Entry } from '../policy/gate.js'
import type { Finding, Place } from '../policy/verdict.js'
import type { Outcome } from './test-outcomes.js'

/** A rule of a policy that no scenario saw both allow and not allow. */
export interface Uncovered {
  readonly rule: string
  readonly place: Place
  readonly allowed: boolean
  readonly refused: boolean
}

interface Seen {
  allowed: boolean
  refused: boolean
}

const keyOf = (rule: string, { file, line, column }: Place): string => `${file}:${line}:${column} ${rule}`

/** The rules and freezes of these policies that the outcomes leave untested, in the order of the files. */
export const coverageOf = (
  outcomes: readonly Outcome[],
  documents: readonly PolicyDocument[],
): readonly Uncovered[] => {
  const seen = new Map<string, Seen>()
  for (const { result } of outcomes) result.verdict.findings.forEach((finding) => note(finding, seen))
  for (const freeze of documents.flatMap(({ freezes }) => freezes)) noteFreeze(freeze, outcomes, seen)
  const rules = new Map(documents.flatMap(rulesOf).map((rule) => [keyOf(rule.rule, rule.place), rule]))
  return [...rules].flatMap(([key, { rule, place, conditionOf }]) => {
    const { allowed, refused } = seen.get(key) ?? { allowed: false, refused: false }
    const held = conditionOf !== undefined && seen.get(keyOf('when', conditionOf))?.allowed === true
    return (allowed || held) && refused ? [] : [{ rule, place, allowed: allowed || held, refused }]
  })
}

const note = (finding: Finding, seen: Map<string, Seen>): void => {
  finding.children?.forEach((child) => note(child, seen))
  if (!finding.place || (finding.outcome === 'inactive' && finding.rule !== 'when')) return
  const key = keyOf(finding.rule, finding.place)
  const before = seen.get(key) ?? { allowed: false, refused: false }
  const allows = finding.rule === 'when' ? finding.values['holds'] === true : finding.outcome === 'allow'
  seen.set(key, { allowed: before.allowed || allows, refused: before.refused || !allows })
}

/** A freeze that does not cover now is not among the findings: it was seen to allow where its file was asked without it. */
const noteFreeze = (
  { place, terms: { merge } }: FreezeSection,
  outcomes: readonly Outcome[],
  seen: Map<string, Seen>,
): void => {
  const key = keyOf('freeze', place)
  const free = outcomes.some(({ result: { verdict } }) => {
    const binds = verdict.kind === 'release' || (merge && verdict.kind !== 'push')
    const places = placesIn(verdict.findings)
    return binds && places.some(({ file }) => file === place.file) && !places.some((at) => keyOf('freeze', at) === key)
  })
  const before = seen.get(key) ?? { allowed: false, refused: false }
  seen.set(key, { ...before, allowed: before.allowed || free })
}

const placesIn = (findings: readonly Finding[]): readonly Place[] =>
  findings.flatMap(({ place, children = [] }) => [...(place ? [place] : []), ...placesIn(children)])

interface NamedRule {
  readonly rule: string
  readonly place: Place
  /** The `when` whose condition it is: where that holds, all its conditions allowed, and are not shown. */
  readonly conditionOf?: Place
}

const rulesOf = ({ policy, branches, environments, tiers, freezes }: PolicyDocument): readonly NamedRule[] => {
  const lists = [
    policy?.entries,
    ...branches.flatMap(({ merge, push }) => [merge, push]),
    ...[...environments, ...tiers].flatMap(({ release, rollback }) => [release, rollback?.entries]),
  ]
  const rules = lists.flatMap((entries) => entries ?? []).flatMap(rulesIn)
  return [...rules, ...freezes.map(({ place }) => ({ rule: 'freeze', place }))]
}

const rulesIn = (entry: Entry): readonly NamedRule[] => {
  switch (entry.kind) {
    case 'rule':
      return [{ rule: entry.rule.name, place: entry.place }]
    case 'all':
    case 'any':
      return entry.entries.flatMap(rulesIn)
    case 'not':
      return rulesIn(entry.entry)
    case 'when':
      return [
        ...entry.conditions.flatMap(rulesIn).map((rule) => ({ ...rule, conditionOf: entry.place })),
        ...entry.require.flatMap(rulesIn),
      ]
  }
}

export const coverageText = (uncovered: readonly Uncovered[]): string => {
  if (uncovered.length === 0) return 'Every rule was seen both to allow and not to allow.\n'
  const lines = uncovered.map(({ rule, place, allowed, refused }) => {
    const saw = allowed ? 'only seen to allow' : refused ? 'never seen to allow' : 'never judged'
    return `  ${place.file}:${place.line}:${place.column} ${rule}: ${saw}`
  })
  return `Rules that no scenario saw both allow and not allow:\n${lines.join('\n')}\n`
}
