import { fit } from '../reading/fit.js'
import { withoutBroken } from './broken-policies.js'
import { reportOn, type PolicyProblem, type Report, type Span } from '../reading/problems.js'
import { merged, valueOf, without } from './merge.js'
import { defaultsSchema, scenarioSchema, situationSchema, type RawScenario, type RawSituation } from './schema.js'
import type { SubjectKind } from './facts.js'
import { asFullList, asMap, isMisspelt, knownPairs } from '../reading/sections.js'
import { nearMiss } from '../reading/suggest.js'
import { readYaml, type MapNode, type Node } from '../reading/yaml.js'

/** A policy as a scenario file names it: a path beside the file, or its text, padded so that lines and columns hold. */
export type PolicyReference =
  | { readonly kind: 'path'; readonly path: string; readonly span: Span }
  | { readonly kind: 'inline'; readonly text: string; readonly span: Span }

/** A subject and what is to be known about it. */
export interface Judged {
  readonly kind: SubjectKind
  readonly raw: RawSituation
}

export interface Scenario {
  readonly name: string
  readonly span: Span
  readonly kind: SubjectKind
  /** The scenario with the file's defaults merged under it. */
  readonly raw: RawScenario
  /** `null`: the scenario has no such file. */
  readonly policy: PolicyReference | null
  readonly organisation: PolicyReference | null
}

/** A scenario that is malformed: as much of it as can be told. */
export interface Unread {
  readonly kind: 'unread'
  readonly name: string | null
  /** As written, whatever it is. */
  readonly expect: string | null
  readonly problems: readonly PolicyProblem[]
}

export interface ScenarioFile {
  /** Those that could be read; the problems tell why others could not. */
  readonly scenarios: readonly Scenario[]
  /** All of them, in the order of the file. */
  readonly entries: readonly (Scenario | Unread)[]
  readonly problems: readonly PolicyProblem[]
}

const KEYS = ['policy', 'organisation', 'defaults', 'scenarios'] as const
const SUBJECTS: readonly SubjectKind[] = ['change', 'deployment', 'push']

interface FileContext {
  readonly text: string
  readonly defaults: MapNode | undefined
  readonly policy: Node | undefined
  readonly organisation: Node | undefined
  /** Texts of inline policies that are no YAML, by what stands in their place. */
  readonly taken: ReadonlyMap<string, string>
  readonly report: Report
}

/**
 * Reads a scenario file: every mistake in it, each once. A malformed scenario does not hide the others.
 *
 * @param file how the file is called in messages.
 */
export const parseScenarios = (text: string, file: string): ScenarioFile => {
  const { root, report, taken } = readFile(text, file)
  const map = root && asMap(root, 'The file', report)
  if (!map) return { scenarios: [], entries: [], problems: report.problems }
  const values = knownPairs(map, KEYS, 'in a scenario file', report)
  const context: FileContext = {
    text,
    report,
    taken,
    defaults: defaultsOf(values.get('defaults'), report),
    policy: values.get('policy'),
    organisation: values.get('organisation'),
  }
  const list = values.get('scenarios')
  if (!list && !isMisspelt(map, 'scenarios')) report.error(map.span, '`scenarios` is missing.')
  const nodes = list && asFullList(list, '`scenarios`', report)
  const entries = (nodes?.items ?? []).map((node) => entryOf(node, context))
  return { scenarios: entries.filter(isRead), entries, problems: once(report.problems) }
}

const ANYTHING = { anyLength: true, anyText: true } as const

/** The file's tree; where it cannot be read as it is, without the inline policies to whom that may be due. */
const readFile = (text: string, file: string) => {
  const report = reportOn(file)
  const root = readYaml(text, report, ANYTHING)
  if (root !== null) return { root, report, taken: new Map<string, string>() }
  const { text: rest, taken } = withoutBroken(text)
  const again = reportOn(file)
  const found = taken.size === 0 ? null : readYaml(rest, again, ANYTHING)
  return found === null ? { root, report, taken } : { root: found, report: again, taken }
}

/**
 * Reads one subject's facts, written as in a scenario; what a scenario expects may stand beside them and is not looked
 * at, nor are the policies that it names.
 */
export const parseFacts = (
  text: string,
  file: string,
): { readonly facts: Judged | null; readonly problems: readonly PolicyProblem[] } => {
  const report = reportOn(file)
  const root = readYaml(text, report, ANYTHING)
  const map = root && asMap(root, 'The file', report)
  const kind = map && kindOf(map, { defaults: undefined, report })
  const raw = map && kind ? fit(situationSchema, without(map, BESIDE), 'the facts', report) : undefined
  return { facts: kind && raw ? { kind, raw } : null, problems: report.problems }
}

const BESIDE = ['name', 'expect', 'because', 'until', 'policy', 'organisation'] as const

const defaultsOf = (node: Node | undefined, report: Report): MapNode | undefined => {
  if (!node || (node.kind === 'scalar' && node.value === null)) return undefined
  const map = asMap(node, '`defaults`', report)
  if (map) fit(defaultsSchema, without(map, FILES), '`defaults`', report)
  return map ?? undefined
}

const isRead = (entry: Scenario | Unread): entry is Scenario => entry.kind !== 'unread'

const entryOf = (node: Node, context: FileContext): Scenario | Unread => {
  const before = context.report.problems.length
  const scenario = scenarioOf(node, context)
  if (scenario !== null) return scenario
  const problems = context.report.problems.slice(before)
  return { kind: 'unread', name: textAt(node, 'name'), expect: textAt(node, 'expect'), problems }
}

const textAt = (node: Node, key: string): string | null => {
  const found = valueOf(node, key)
  return found?.kind === 'scalar' ? found.text : null
}

const FILES = ['policy', 'organisation'] as const

const scenarioOf = (node: Node, context: FileContext): Scenario | null => {
  const { report, defaults } = context
  const map = asMap(node, 'A scenario', report)
  const kind = map && kindOf(map, context)
  if (!map || !kind) return null
  const others = [...FILES, ...SUBJECTS.filter((subject) => subject !== kind)]
  const whole = merged(defaults && without(defaults, others), without(map, FILES))
  const raw = fit(scenarioSchema, whole, 'the scenario', report)
  if (!raw) return null
  const [policy, organisation] = FILES.map((key) => {
    const named = valueOf(map, key) ?? valueOf(defaults, key) ?? context[key]
    return referenceOf(named, context)
  })
  return { name: raw.name, span: map.span, kind, raw, policy: policy ?? null, organisation: organisation ?? null }
}

/** What the scenario is about: its own word counts, else that of the defaults. */
const kindOf = (map: MapNode, { defaults, report }: Pick<FileContext, 'defaults' | 'report'>): SubjectKind | null => {
  const own = SUBJECTS.filter((subject) => valueOf(map, subject) !== undefined)
  const found = own.length > 0 ? own : SUBJECTS.filter((subject) => valueOf(defaults, subject) !== undefined)
  const [kind, second] = found
  if (kind && !second) return kind
  const [misspelt] = kind ? [] : map.pairs.filter(({ key }) => nearMiss(key, SUBJECTS) !== undefined)
  if (misspelt) {
    const { key, keySpan } = misspelt
    report.error(keySpan, `\`${key}\` is not known here.`, {
      value: key,
      allowed: SUBJECTS,
      suggestion: nearMiss(key, SUBJECTS),
    })
    return null
  }
  const problem = kind ? 'is about several things; it must be about one' : 'does not say what it is about'
  report.error(map.span, `The scenario ${problem}: change, deployment or push.`, { allowed: SUBJECTS })
  return null
}

/** A text that is a policy and no path: several lines, or something that only YAML would begin with. */
const IS_POLICY = /\n|^\s*$|^\s*[{[%]|^\s*\w+\s*:(\s|$)/

/** `null`: there is no such policy. What is neither path nor policy is an invalid policy. */
const referenceOf = (node: Node | undefined, { text, taken }: FileContext): PolicyReference | null => {
  if (!node || (node.kind === 'scalar' && node.value === null)) return null
  const { span } = node
  if (node.kind !== 'scalar') return { kind: 'inline', text: padded(text, span), span }
  const broken = taken.get(node.text)
  if (broken !== undefined) return { kind: 'inline', text: broken, span }
  return IS_POLICY.test(node.text) ? { kind: 'inline', text: node.text, span } : { kind: 'path', path: node.text, span }
}

/** A part of the text at the line and column where it stood. */
const padded = (text: string, span: Span): string => {
  const lines = text.split('\n').slice(span.line - 1, span.endLine)
  const cut = lines.map((line, index) =>
    index === span.endLine - span.line ? line.slice(0, span.endColumn - 1) : line,
  )
  const [first = '', ...rest] = cut
  return ['\n'.repeat(span.line - 1) + ' '.repeat(span.column - 1) + first.slice(span.column - 1), ...rest].join('\n')
}

const once = (problems: readonly PolicyProblem[]): readonly PolicyProblem[] => [
  ...new Map(
    problems.map((problem) => [JSON.stringify([problem.line, problem.column, problem.message]), problem]),
  ).values(),
]
