import { ELSEWHERE } from './elsewhere.js'
import { fit } from './fit.js'
import type { Entry } from '../gate.js'
import { textOf } from './node-path.js'
import type { Report, Span } from './problems.js'
import type { AnyRule } from '../rule.js'
import { demandsOf } from './rule-demands.js'
import { RULES } from '../rules/index.js'
import { asFullList, kindOf, placeOf } from './sections.js'
import { nearMiss } from './suggest.js'
import type { GateKind } from '../verdict.js'
import type { MapNode, Node, Pair } from './yaml.js'

/** Where a list of entries stands, and what may stand in it. */
export interface EntryContext {
  readonly report: Report
  readonly kind: GateKind
  /** Inside `when` and `not`: only what can never be waited for. */
  readonly predicates: boolean
}

const COMBINATORS = ['all', 'any', 'not', 'when'] as const

/** A gate's list of rules, or a list inside one. Every mistake is reported; what could be read is returned. */
export const readEntries = (node: Node, what: string, context: EntryContext): readonly Entry[] => {
  const list = asFullList(node, what, context.report)
  return (list?.items ?? []).flatMap((item) => {
    const entry = readEntry(item, what, context)
    return entry === null ? [] : [entry]
  })
}

const readEntry = (node: Node, what: string, context: EntryContext): Entry | null => {
  if (node.kind !== 'map') return notAMap(node, what, context)
  const when = node.pairs.find(({ key }) => key === 'when')
  const require = node.pairs.find(({ key }) => key === 'require')
  if (when !== undefined || require !== undefined) return readWhen(node, when, require, context)
  const [pair, second] = node.pairs
  if (pair === undefined) {
    context.report.error(node.span, `An entry of ${what} is an empty map; it must name one rule.`)
    return null
  }
  if (second === undefined) return readPair(pair, context)
  return isWhenElsewhere(node.pairs) ? whenElsewhere(node.pairs, context) : severalPairs(node.pairs, context)
}

/** `if` with `requires`, as other policy languages write `when` with `require`. */
const isWhenElsewhere = (pairs: readonly Pair[]): boolean =>
  WHEN_KEYS.every((word) => pairs.some(({ key }) => ELSEWHERE.get(key) === word))

/** Both lists are read all the same, for the mistakes in them. */
const whenElsewhere = (pairs: readonly Pair[], context: EntryContext): null => {
  for (const { key, keySpan, value } of pairs) {
    const suggestion = ELSEWHERE.get(key)
    context.report.error(keySpan, `\`${key}\` is no rule.`, { value: key, allowed: namesFor(context.kind), suggestion })
    if (value.kind === 'list')
      readEntries(value, `\`${key}\``, { ...context, predicates: context.predicates || suggestion === 'when' })
  }
  return null
}

/** Several keys in one entry: each that is a rule is read all the same, for the mistakes in it. */
const severalPairs = (pairs: readonly Pair[], context: EntryContext): null => {
  const [first, ...more] = pairs
  if (first === undefined) return null
  const known = namesFor(context.kind)
  const parameter = more.find(({ key }) => !known.includes(key))
  for (const { key, keySpan } of more.filter((pair) => pair === parameter || known.includes(pair.key))) {
    const message = known.includes(key)
      ? `An entry names one rule; \`${key}\` is a second one. Begin a new entry for it with \`- \`.`
      : `An entry names one rule; \`${key}\` is a second one. Begin a new entry for it with \`- \`, or indent it below \`${first.key}\`.`
    context.report.error(keySpan, message, { value: key, suggestion: known.includes(key) ? undefined : ruleMeant(key) })
  }
  const hasValue = ({ value }: Pair) => value.kind !== 'scalar' || value.value !== null
  for (const pair of pairs) if (pair === first || known.includes(pair.key)) if (hasValue(pair)) readPair(pair, context)
  return null
}

const ruleMeant = (key: string, allowed: readonly string[] = []): string | undefined =>
  ELSEWHERE.get(key) ?? nearMiss(key, allowed)

const notAMap = (node: Node, what: string, { report, kind }: EntryContext): null => {
  const known = node.kind === 'scalar' ? nearMiss(node.text, namesFor(kind)) : undefined
  const hint = known === undefined ? '' : ` Write \`${known}: …\`, or \`${known}: {}\` where it needs no parameters.`
  report.error(node.span, `An entry of ${what} is ${kindOf(node)}; it must be a map with one rule.${hint}`, {
    value: textOf(node),
  })
  return null
}

const readPair = ({ key, keySpan, value }: Pair, context: EntryContext): Entry | null => {
  const place = placeOf(context.report, keySpan)
  switch (key) {
    case 'all':
    case 'any':
      return { kind: key, entries: readEntries(value, `\`${key}\``, context), place }
    case 'not':
      return readNot(value, place, context)
    default:
      return readRule({ key, keySpan, value }, context)
  }
}

const readNot = (value: Node, place: Entry['place'], context: EntryContext): Entry | null => {
  if (value.kind === 'list') {
    context.report.error(value.span, '`not` is a list; it takes one entry, such as `not: { author: { in: … } }`.')
    return null
  }
  const entry = readEntry(value, '`not`', { ...context, predicates: true })
  return entry === null ? null : { kind: 'not', entry, place }
}

const readWhen = (
  node: MapNode,
  when: Pair | undefined,
  require: Pair | undefined,
  context: EntryContext,
): Entry | null => {
  const { report } = context
  for (const { key, keySpan } of node.pairs) {
    if (key !== 'when' && key !== 'require')
      report.error(keySpan, `\`${key}\` is not known beside \`when\`.`, besideWhen(key))
  }
  if (when === undefined || require === undefined) {
    const [missing, present] = when === undefined ? ['when', 'require'] : ['require', 'when']
    if (node.pairs.some(({ key }) => ruleMeant(key, WHEN_KEYS) === missing)) return null
    report.error((when ?? require)?.keySpan ?? node.span, `\`${present}\` stands here without \`${missing}\`.`)
    return null
  }
  if (context.predicates) {
    report.error(when.keySpan, '`when` may not stand inside `when` or `not`.', { allowed: predicatesFor(context.kind) })
    return null
  }
  return {
    kind: 'when',
    conditions: readEntries(when.value, '`when`', { ...context, predicates: true }),
    require: readEntries(require.value, '`require`', context),
    place: placeOf(report, when.keySpan),
  }
}

const WHEN_KEYS = ['when', 'require'] as const

const besideWhen = (key: string) => ({ value: key, allowed: WHEN_KEYS, suggestion: ruleMeant(key, WHEN_KEYS) })

const readRule = ({ key, keySpan, value }: Pair, context: EntryContext): Entry | null => {
  const { report } = context
  const rule = RULES.get(key)
  if (rule === undefined) {
    const allowed = namesFor(context.kind)
    report.error(keySpan, `\`${key}\` is no rule.`, {
      value: key,
      allowed,
      suggestion: ruleMeant(key, [...allowed, ...RULES.keys()]),
    })
    return null
  }
  if (!mayStandIn(rule, context.kind)) {
    const gates = rule.gates.filter((gate) => gate !== 'policy')
    report.error(
      keySpan,
      `\`${key}\` has no meaning in a ${context.kind} gate; it may stand in: ${gates.join(', ')}.`,
      { value: key, allowed: namesFor(context.kind) },
    )
    return null
  }
  if (context.predicates && !rule.predicate) {
    const message = `\`${key}\` can be waited for, so it may not stand inside \`when\` or \`not\`.`
    report.error(keySpan, message, { value: key, allowed: predicatesFor(context.kind) })
    return null
  }
  return readParameters(rule, value, { key, keySpan, value }, context)
}

const readParameters = (rule: AnyRule, value: Node, { key, keySpan }: Pair, context: EntryContext): Entry | null => {
  const { report } = context
  if (value.kind === 'scalar' && value.value === null) {
    report.error(value.span, `\`${key}\` is empty; write its parameters, or \`${key}: {}\` where it needs none.`)
    return null
  }
  const before = report.problems.length
  const told = demandsOf(key, value, context)
  const params = fit(rule.params, value, `\`${key}\``, silentAt(told, report))
  if (report.problems.length > before) return null
  return { kind: 'rule', rule, params, place: placeOf(report, keySpan) }
}

/** A report that says nothing more of what was told. */
const silentAt = (told: readonly Span[], report: Report): Report => ({
  ...report,
  error: (span, message, detail) => (told.includes(span) ? undefined : report.error(span, message, detail)),
})

const mayStandIn = (rule: AnyRule, kind: GateKind): boolean =>
  rule.gates.includes(kind) || (kind === 'policy' && rule.gates.includes('merge'))

const rulesFor = (kind: GateKind): readonly AnyRule[] => [...RULES.values()].filter((rule) => mayStandIn(rule, kind))

const namesFor = (kind: GateKind): readonly string[] => [
  ...rulesFor(kind)
    .map(({ name }) => name)
    .sort(),
  ...COMBINATORS,
]

const predicatesFor = (kind: GateKind): readonly string[] => [
  ...rulesFor(kind)
    .filter(({ predicate }) => predicate)
    .map(({ name }) => name)
    .sort(),
  'all',
  'any',
  'not',
]
