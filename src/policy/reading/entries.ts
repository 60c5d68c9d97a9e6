import { fit } from './fit.js'
import type { Entry } from '../gate.js'
import { textOf } from './node-path.js'
import type { Report } from './problems.js'
import type { AnyRule } from '../rule.js'
import { demandsOf } from './rule-demands.js'
import { RULES } from '../rules/index.js'
import { asFullList, placeOf } from './sections.js'
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
  if (second !== undefined) {
    const message = `An entry names one rule; \`${second.key}\` is a second one. Begin a new entry for it with \`- \`, or indent it below \`${pair.key}\`.`
    context.report.error(second.keySpan, message, { value: second.key })
    return null
  }
  return readPair(pair, context)
}

const notAMap = (node: Node, what: string, { report, kind }: EntryContext): null => {
  const known = node.kind === 'scalar' ? nearMiss(node.text, namesFor(kind)) : undefined
  const hint = known === undefined ? '' : ` Write \`${known}: …\`, or \`${known}: {}\` where it needs no parameters.`
  report.error(
    node.span,
    `An entry of ${what} is ${node.kind === 'list' ? 'a list' : `\`${textOf(node)}\``}; it must be a map with one rule.${hint}`,
    {
      value: textOf(node),
    },
  )
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

const besideWhen = (key: string) => ({ value: key, allowed: WHEN_KEYS, suggestion: nearMiss(key, WHEN_KEYS) })

const readRule = ({ key, keySpan, value }: Pair, context: EntryContext): Entry | null => {
  const { report } = context
  const rule = RULES.get(key)
  if (rule === undefined) {
    const allowed = namesFor(context.kind)
    report.error(keySpan, `\`${key}\` is no rule.`, {
      value: key,
      allowed,
      suggestion: nearMiss(key, [...allowed, ...RULES.keys()]),
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
  const params = fit(rule.params, value, `\`${key}\``, report)
  if (report.problems.length > before) return null
  demandsOf(key, value, context)
  return { kind: 'rule', rule, params, place: placeOf(report, keySpan) }
}

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
