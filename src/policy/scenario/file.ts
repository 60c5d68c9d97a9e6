import { fit } from '../reading/fit.js'
import { reportOn, type PolicyProblem, type Report, type Span } from '../reading/problems.js'
import { merged, valueOf, without } from './merge.js'
import { scenarioSchema, situationSchema, type RawScenario, type RawSituation } from './schema.js'
import type { SubjectKind } from './facts.js'
import { asFullList, asMap, knownPairs } from '../reading/sections.js'
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

export interface ScenarioFile {
  /** Those that could be read; the problems tell why others could not. */
  readonly scenarios: readonly Scenario[]
  readonly problems: readonly PolicyProblem[]
}

const KEYS = ['policy', 'organisation', 'defaults', 'scenarios'] as const
const SUBJECTS: readonly SubjectKind[] = ['change', 'deployment', 'push']

interface FileContext {
  readonly text: string
  readonly defaults: MapNode | undefined
  readonly policy: Node | undefined
  readonly organisation: Node | undefined
  readonly report: Report
}

/**
 * Reads a scenario file: every mistake in it, each once. A malformed scenario does not hide the others.
 *
 * @param file how the file is called in messages.
 */
export const parseScenarios = (text: string, file: string): ScenarioFile => {
  const report = reportOn(file)
  const root = readYaml(text, report, { anyLength: true, anyText: true })
  const map = root && asMap(root, 'The file', report)
  if (!map) return { scenarios: [], problems: report.problems }
  const values = knownPairs(map, KEYS, 'in a scenario file', report)
  const context: FileContext = {
    text,
    report,
    defaults: defaultsOf(values.get('defaults'), report),
    policy: values.get('policy'),
    organisation: values.get('organisation'),
  }
  const list = values.get('scenarios')
  if (!list) report.error(map.span, '`scenarios` is missing.')
  const nodes = list && asFullList(list, '`scenarios`', report)
  const scenarios = (nodes?.items ?? []).flatMap((node) => scenarioOf(node, context) ?? [])
  return { scenarios, problems: once(report.problems) }
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
  const root = readYaml(text, report, { anyLength: true, anyText: true })
  const map = root && asMap(root, 'The file', report)
  const kind = map && kindOf(map, { defaults: undefined, report })
  const raw = map && kind ? fit(situationSchema, without(map, BESIDE), 'the facts', report) : undefined
  return { facts: kind && raw ? { kind, raw } : null, problems: report.problems }
}

const BESIDE = ['name', 'expect', 'because', 'until', 'policy', 'organisation'] as const

const defaultsOf = (node: Node | undefined, report: Report): MapNode | undefined => {
  if (!node || (node.kind === 'scalar' && node.value === null)) return undefined
  const map = asMap(node, '`defaults`', report)
  if (map) fit(situationSchema, map, '`defaults`', report)
  return map ?? undefined
}

const scenarioOf = (node: Node, context: FileContext): Scenario | null => {
  const { report, text } = context
  const map = asMap(node, 'A scenario', report)
  const kind = map && kindOf(map, context)
  if (!map || !kind) return null
  const others = SUBJECTS.filter((subject) => subject !== kind)
  const whole = merged(context.defaults && without(context.defaults, others), map)
  const raw = fit(scenarioSchema, whole, 'the scenario', report)
  if (!raw) return null
  const policy = referenceOf(valueOf(map, 'policy') ?? context.policy, '`policy`', text, report)
  const organisation = referenceOf(valueOf(map, 'organisation') ?? context.organisation, '`organisation`', text, report)
  if (policy === undefined || organisation === undefined) return null
  return { name: raw.name, span: map.span, kind, raw, policy, organisation }
}

/** What the scenario is about: its own word counts, else that of the defaults. */
const kindOf = (map: MapNode, { defaults, report }: Pick<FileContext, 'defaults' | 'report'>): SubjectKind | null => {
  const own = SUBJECTS.filter((subject) => valueOf(map, subject) !== undefined)
  const found = own.length > 0 ? own : SUBJECTS.filter((subject) => valueOf(defaults, subject) !== undefined)
  const [kind, second] = found
  if (kind && !second) return kind
  const problem = kind ? 'is about several things; it must be about one' : 'does not say what it is about'
  report.error(map.span, `The scenario ${problem}: change, deployment or push.`, { allowed: SUBJECTS })
  return null
}

/** `null`: there is no such policy. `undefined`: what stands there is neither path nor policy, which was reported. */
const referenceOf = (
  node: Node | undefined,
  what: string,
  text: string,
  report: Report,
): PolicyReference | null | undefined => {
  if (!node || (node.kind === 'scalar' && node.value === null)) return null
  if (node.kind === 'map') return { kind: 'inline', text: padded(text, node.span), span: node.span }
  if (node.kind === 'scalar' && node.text.includes('\n')) return { kind: 'inline', text: node.text, span: node.span }
  if (node.kind === 'scalar') return { kind: 'path', path: node.text, span: node.span }
  report.error(node.span, `${what} is a list; it must be a path, or the policy itself.`)
  return undefined
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
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
]
