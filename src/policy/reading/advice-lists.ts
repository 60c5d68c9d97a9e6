import type { Advice } from './advice.js'
import type { Entry } from '../gate.js'
import type { PolicyDocument } from './policy-document.js'
import { listsIn, type RuleEntry } from './walk.js'

/** Advice on entries beside each other: the same twice, what another includes, and what can never hold together. */
export const listAdvice = (policy: PolicyDocument): readonly Advice[] => {
  const distinct = [...policy.branches, ...policy.environments, ...policy.tiers].some((section) => section.distinct)
  return listsIn(policy).flatMap(({ entries }) => inList(entries, { all: true, conditions: false, distinct }))
}

interface Standing {
  /** All must allow; else any is enough. */
  readonly all: boolean
  readonly conditions: boolean
  /** Somewhere in the file, people count for one rule only, so that the same rule twice asks for two. */
  readonly distinct: boolean
}

const inList = (entries: readonly Entry[], standing: Standing): readonly Advice[] => [
  ...repeated(entries, standing),
  ...(standing.all ? [...included(entries, standing), ...contradicted(entries, standing)] : []),
  ...entries.flatMap((entry) => below(entry, standing)),
]

const below = (entry: Entry, standing: Standing): readonly Advice[] => {
  switch (entry.kind) {
    case 'rule':
      return []
    case 'all':
    case 'any':
      return inList(entry.entries, { ...standing, all: entry.kind === 'all' })
    case 'not':
      return below(entry.entry, standing)
    case 'when':
      return [
        ...inList(entry.conditions, { ...standing, all: true, conditions: true }),
        ...inList(entry.require, { ...standing, all: true }),
      ]
  }
}

const formOf = (entry: Entry): unknown => {
  switch (entry.kind) {
    case 'rule':
      return [entry.rule.name, entry.params]
    case 'all':
    case 'any':
      return [entry.kind, entry.entries.map(formOf)]
    case 'not':
      return ['not', formOf(entry.entry)]
    case 'when':
      return ['when', entry.conditions.map(formOf), entry.require.map(formOf)]
  }
}

const signatureOf = (entry: Entry): string => JSON.stringify(formOf(entry))

/** Under `distinct` an approval twice asks for two people. */
const mayRepeat = (entry: Entry, { distinct }: Standing): boolean =>
  distinct && signatureOf(entry).includes('["approval",')

const repeated = (entries: readonly Entry[], standing: Standing): readonly Advice[] => {
  const first = new Map<string, Entry>()
  return entries.flatMap((entry) => {
    const signature = signatureOf(entry)
    const earlier = first.get(signature)
    first.set(signature, earlier ?? entry)
    if (earlier === undefined || mayRepeat(entry, standing)) return []
    const what = entry.kind === 'rule' ? `\`${entry.rule.name}\`` : 'This entry'
    return [
      { place: entry.place, message: `${what} stands here twice: line ${earlier.place.line} asks exactly the same.` },
    ]
  })
}

const isRule = (entry: Entry): entry is RuleEntry => entry.kind === 'rule'

const paramsOf = ({ params }: RuleEntry): Readonly<Record<string, unknown>> =>
  typeof params === 'object' && params !== null ? { ...params } : {}

/** An approval that another one, equal but for a higher count, includes. */
const included = (entries: readonly Entry[], standing: Standing): readonly Advice[] => {
  const approvals = entries.filter(isRule).filter(({ rule }) => rule.name === 'approval')
  const but = (entry: RuleEntry) => JSON.stringify({ ...paramsOf(entry), count: null, name: null })
  const countOf = (entry: RuleEntry) => Number(paramsOf(entry)['count'])
  return approvals.flatMap((entry) => {
    const larger = approvals.find((other) => but(other) === but(entry) && countOf(other) > countOf(entry))
    if (larger === undefined || standing.distinct) return []
    return [
      {
        place: entry.place,
        message: `This approval can never matter: line ${larger.place.line} asks for ${countOf(larger)} of the same group.`,
      },
    ]
  })
}

/** Two entries that never allow both, whatever the facts. */
const contradicted = (entries: readonly Entry[], { conditions }: Standing): readonly Advice[] =>
  entries.flatMap((entry, index) => {
    const other = entries.slice(0, index).find((earlier) => excludes(earlier, entry) || excludes(entry, earlier))
    if (other === undefined) return []
    const then = conditions ? 'what is required here is never asked' : 'this gate never opens'
    return [{ place: entry.place, message: `This and line ${other.place.line} never hold together: ${then}.` }]
  })

const excludes = (one: Entry, other: Entry): boolean => {
  if (other.kind === 'not') return signatureOf(one) === signatureOf(other.entry)
  if (!isRule(one) || !isRule(other) || one.rule.name !== other.rule.name) return false
  switch (one.rule.name) {
    case 'draft':
    case 'fork':
      return one.params !== other.params
    case 'author': {
      const [a, b] = [paramsOf(one), paramsOf(other)]
      return a['in'] !== undefined && JSON.stringify(a['in']) === JSON.stringify(b['not_in'])
    }
    case 'tier':
    case 'event':
      return !textsOf(paramsOf(one)['in']).some((each) => textsOf(paramsOf(other)['in']).includes(each))
    default:
      return false
  }
}

const textsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
