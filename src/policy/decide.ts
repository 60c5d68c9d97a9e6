import { all } from './combining.js'
import { answer, unknownFact, type Node } from './compiled.js'
import { asksRollback, compiled } from './compiled-gate.js'
import { debtsOf } from './debts.js'
import { distinct } from './distinct.js'
import { evaluateIn, judgingOf, type Judging } from './evaluate.js'
import { ask, type Facts, type Instant, type Question } from './facts.js'
import { frozen } from './freezing.js'
import type { Gate } from './gate.js'
import { touchesPolicy } from './guarded.js'
import { counts, lift, liftPlain } from './lifting.js'
import { standingOf, type Standing } from './override.js'
import { rejection } from './rejection.js'
import { isRollback, rollbackWithin } from './rollback.js'
import type { Decision, Finding, LayerName, Verdict } from './verdict.js'

export { worst } from './combining.js'

/** Every question that judging this gate may need, each once. */
export const questionsOf = (gate: Gate): readonly Question[] => compiled(gate).questions

/** A finding, the entry behind it where there is one, and how far down the layers it stands: higher ones lift it. */
interface Placed {
  readonly finding: Finding
  readonly node: Node | null
  readonly depth: number
}

/**
 * Judges a subject by a gate: the same gate, facts and instant always give the same verdict. Never throws; what was not
 * read is undecided. PURE: no clock, network, environment or random.
 */
export const decide = (gate: Gate, facts: Facts, now: Instant): Verdict => {
  const judging = judgingOf(gate, facts, now)
  if (gate.problem !== null) return verdict(judging, [{ rule: 'gate', outcome: 'undecided', ...gate.problem }])
  const applies = gate.kind === 'policy' ? answer(ask.files, facts) : null
  if (applies?.known === false) return verdict(judging, [{ rule: 'gate', ...unknownFact(applies) }])
  if (applies?.known === true && !touchesPolicy(applies.value))
    return { ...verdict(judging, []), decision: 'allow', applies: false }
  return judge(judging)
}

const judge = (judging: Judging): Verdict => {
  const { gate, now } = judging
  const rollback = rollbackIn(judging)
  const entries = entriesOf(judging, rollback.is)
  const freezes = frozen(gate, rollback.is, now)
  const debts = gate.layers.map((layer) => debtsOf(layer, judging))
  const plain: readonly Placed[] = [
    ...freezes.findings.map((finding) => ({ finding, node: null, depth: depthOfFreeze(gate, finding) })),
    ...debts.flatMap(({ findings }, depth) => findings.map((finding) => ({ finding, node: null, depth }))),
  ]
  const beyond = [...rollback.findings, ...noRule(entries), ...rejections(entries.own, judging)]
  const open = gate.layers.some(({ override }) => override !== null) ? standings(judging) : []
  const unlifted = [...entries.own, ...entries.added, ...plain]
  const findings = [...whole(unlifted, judging), ...beyond]
  const coming = [...freezes.starts, ...debts.flatMap(({ due }) => due)]
  const judged = { ...verdict(judging, findings, coming), ...(rollback.byList ? { rollback: true } : {}) }
  return judged.decision === 'allow' || open.length === 0
    ? judged
    : overridden(judged, unlifted, beyond, open, coming, judging)
}

/** The verdict with what overrides lift; they are spent only where they make the difference. */
const overridden = (
  before: Verdict,
  placed: readonly Placed[],
  beyond: readonly Finding[],
  open: readonly (Standing & { readonly depth: number })[],
  coming: readonly Instant[],
  judging: Judging,
): Verdict => {
  const lifted = placed.map((each) => {
    const lifting = open.flatMap((standing) =>
      standing.lifting !== null && standing.depth <= each.depth ? [standing.lifting] : [],
    )
    if (lifting.length === 0) return each
    return {
      ...each,
      finding: each.node === null ? liftPlain(each.finding, lifting) : lift(each.node, each.finding, lifting),
    }
  })
  const shown = open.flatMap(({ finding }) => (finding === null ? [] : [finding]))
  const ends = open.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]))
  const after = verdict(judging, [...whole(lifted, judging), ...beyond, ...shown], [...coming, ...ends])
  const rollback = before.rollback === true ? { rollback: true } : {}
  return after.decision === 'allow' ? { ...after, ...rollback, overridden: true } : { ...after, ...rollback }
}

/** Findings of all entries in their order, and what `distinct` makes of their approvals. */
const whole = (placed: readonly Placed[], judging: Judging): readonly Finding[] => {
  if (!judging.gate.distinct) return placed.map(({ finding }) => finding)
  const withNodes = placed.filter((each): each is Placed & { readonly node: Node } => each.node !== null)
  const among = distinct(
    withNodes.map(({ node }) => node),
    withNodes.map(({ finding }) => finding),
    judging,
  )
  const findings = placed.map(({ finding }) => finding)
  return among === null ? findings : [...findings, among]
}

interface Entries {
  readonly own: readonly Placed[]
  readonly added: readonly Placed[]
}

const entriesOf = (judging: Judging, rollback: boolean): Entries => {
  const { layers, added, addedOnRollback } = compiled(judging.gate)
  const own: Placed[] = []
  layers.forEach(({ name, entries, onRollback }, depth) => {
    for (const node of rollback ? onRollback : entries)
      own.push({ node, depth, finding: evaluateIn(name, node, judging) })
  })
  const depth = layers.some(({ name }) => isOrganisation(name)) ? 0 : layers.length
  const unasked = rollback ? addedOnRollback : added
  return { own, added: unasked.map((node) => ({ node, depth, finding: evaluateIn('built-in', node, judging) })) }
}

const isOrganisation = (name: LayerName): boolean => name.startsWith('organisation')

/** Nothing is ever allowed because nothing was asked; what was added unasked does not count. */
const noRule = ({ own }: Entries): readonly Finding[] =>
  own.some(({ finding }) => finding.outcome !== 'inactive')
    ? []
    : [{ rule: 'gate', outcome: 'undecided', code: 'no_rule_applies', values: {} }]

const rejections = (own: readonly Placed[], judging: Judging): readonly Finding[] => {
  const listed = own.filter((each): each is Placed & { readonly node: Node } => each.node !== null)
  const nodes = listed.map(({ node }) => node)
  const findings = listed.map(({ finding }) => finding)
  const found = rejection(nodes, findings, judging)
  return found === null ? [] : [found]
}

interface Rollback {
  readonly is: boolean
  /** A layer's own list for rollbacks was taken. */
  readonly byList: boolean
  readonly findings: readonly Finding[]
}

const rollbackIn = ({ gate, facts, now }: Judging): Rollback => {
  const none = { is: false, byList: false, findings: [] }
  if (!asksRollback(gate)) return none
  const lists = gate.layers.some(({ rollback }) => rollback !== null)
  const deployment = answer(ask.deployment, facts)
  const released = answer(ask.released, facts)
  const missing = !deployment.known ? deployment : !released.known ? released : null
  if (missing !== null) return lists ? { ...none, findings: [{ rule: 'gate', ...unknownFact(missing) }] } : none
  if (!deployment.known || !released.known) return none
  const is = isRollback(deployment.value, released.value, rollbackWithin(gate), now)
  return { is, byList: is && lists, findings: [] }
}

const standings = (judging: Judging): readonly (Standing & { readonly depth: number })[] =>
  judging.gate.layers
    .map((layer, depth) => ({ ...standingOf(layer, judging), depth }))
    .filter(({ finding }) => finding !== null)

/** A freeze stands with the lowest layer of the file that declares it: no lower file's override reaches it. */
const depthOfFreeze = ({ layers }: Gate, { layer }: Finding): number =>
  layer === 'organisation freeze' ? layers.findLastIndex(({ name }) => isOrganisation(name)) : layers.length

const verdict = ({ gate, now }: Judging, findings: readonly Finding[], coming: readonly Instant[] = []): Verdict => {
  const decision = decisionOf(findings)
  const lookAgainAt = nextLook(findings, decision, decision === 'allow' ? coming : [], now)
  return {
    kind: gate.kind,
    gate: gate.name,
    decision,
    applies: true,
    findings,
    ...(lookAgainAt === null ? {} : { lookAgainAt }),
    asked: compiled(gate).asked,
  }
}

const decisionOf = (findings: readonly Finding[]): Decision => {
  const outcome = all(findings.map(counts))
  return outcome === 'inactive' ? 'undecided' : outcome
}

/** What is allowed may end, what is not may begin: only what can change the decision matters. `null`: time changes nothing. */
const nextLook = (
  findings: readonly Finding[],
  decision: Decision,
  coming: readonly Instant[],
  now: Instant,
): Instant | null => {
  let earliest = Infinity
  for (const finding of findings) {
    const at = finding.lookAgainAt
    const matters = (counts(finding) === 'allow') === (decision === 'allow') && finding.outcome !== 'inactive'
    if (at !== undefined && matters && at > now && at < earliest) earliest = at
  }
  for (const at of coming) if (at > now && at < earliest) earliest = at
  return earliest === Infinity ? null : earliest
}
