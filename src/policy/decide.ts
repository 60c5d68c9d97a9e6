import { all } from './judging/combining.js'
import { answer, unknownFact } from './judging/compiled.js'
import { compiled, nodesOf, type Listing } from './judging/compiled-gate.js'
import { debtsOf } from './judging/debts.js'
import { distinct } from './judging/distinct.js'
import { evaluateIn, judgingOf, type Judging } from './judging/evaluate.js'
import { ask, type Duration, type Facts, type Instant, type Question } from './facts.js'
import { frozen } from './judging/freezing.js'
import type { Gate } from './gate.js'
import { touchesPolicy } from './judging/guarded.js'
import { isOrganisation } from './composing/layer-names.js'
import { counts, lift, liftPlain } from './judging/lifting.js'
import { standingOf, type Standing } from './judging/override.js'
import { rejection } from './judging/rejection.js'
import { isRollback, rollbackWithin } from './judging/rollback.js'
import type { Decision, Finding, Verdict } from './verdict.js'

export { worst } from './judging/combining.js'

/** Every question that judging this gate may need, each once. */
export const questionsOf = (gate: Gate): readonly Question[] => compiled(gate).questions

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

/** A finding that no entry stands behind, but an override may lift, and how far down the layers it stands. */
interface Plain {
  readonly finding: Finding
  readonly depth: number
}

/** Everything that was found of one subject. */
interface Found {
  readonly listing: Listing
  /** One finding for each slot of the listing. */
  readonly ofEntries: readonly Finding[]
  /** Freezes and debts. */
  readonly plain: readonly Plain[]
  /** What nothing lifts. */
  readonly beyond: readonly Finding[]
  /** When a freeze begins or a review falls due. */
  readonly coming: readonly Instant[]
}

const judge = (judging: Judging): Verdict => {
  const rollback = rollbackIn(judging)
  const { listing } = rollback
  const ofEntries = listing.slots.map(({ layer, node }) => evaluateIn(layer, node, judging))
  const beyond = [...rollback.findings]
  if (isInactive(listing, ofEntries)) beyond.push(NO_RULE)
  const rejected = rejection(listing, ofEntries, judging)
  if (rejected !== null) beyond.push(rejected)
  const found: Found = { listing, ofEntries, beyond, ...besidesEntries(rollback, judging) }
  const judged = verdict(judging, whole(found, judging), found.coming, rollback.byList)
  if (judged.decision === 'allow') return judged
  const open = standings(judging)
  return open.length === 0 ? judged : overridden(found, open, rollback.byList, judging)
}

/** The verdict with what overrides lift; they are spent only where they make the difference. */
const overridden = (found: Found, open: readonly DeepStanding[], byList: boolean, judging: Judging): Verdict => {
  const reaching = (depth: number) =>
    open.flatMap((standing) => (standing.lifting !== null && standing.depth <= depth ? [standing.lifting] : []))
  const lifted: Found = {
    ...found,
    ofEntries: found.ofEntries.map((finding, index) => {
      const slot = found.listing.slots[index]
      const lifting = slot === undefined ? [] : reaching(slot.depth)
      return slot === undefined || lifting.length === 0 ? finding : lift(slot.node, finding, lifting)
    }),
    plain: found.plain.map(({ finding, depth }) => ({ finding: liftPlain(finding, reaching(depth)), depth })),
  }
  const shown = open.flatMap(({ finding }) => (finding === null ? [] : [finding]))
  const ends = open.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]))
  const after = verdict(judging, [...whole(lifted, judging), ...shown], [...found.coming, ...ends], byList)
  return after.decision === 'allow' ? { ...after, overridden: true } : after
}

/** All findings in their order, and what `distinct` makes of the approvals among them. */
const whole = ({ listing, ofEntries, plain, beyond }: Found, judging: Judging): readonly Finding[] => {
  const findings = [...ofEntries]
  for (const { finding } of plain) findings.push(finding)
  const among = judging.gate.distinct ? distinct(nodesOf(listing), ofEntries, judging) : null
  if (among !== null) findings.push(among)
  for (const finding of beyond) findings.push(finding)
  return findings
}

const NO_RULE: Finding = { rule: 'gate', outcome: 'undecided', code: 'no_rule_applies', values: {} }

/** Nothing is ever allowed because nothing was asked; what was added unasked does not count. */
const isInactive = ({ own }: Listing, ofEntries: readonly Finding[]): boolean =>
  !ofEntries.some(({ outcome }, index) => index < own && outcome !== 'inactive')

interface Rollback {
  readonly listing: Listing
  /** A layer's own list for rollbacks was taken. */
  readonly byList: boolean
  readonly findings: readonly Finding[]
}

const rollbackIn = ({ gate, facts, now, ready }: Judging): Rollback => {
  const ordinary: Rollback = { listing: ready.ordinary, byList: false, findings: [] }
  if (!ready.asksRollback) return ordinary
  const deployment = answer(ask.deployment, facts)
  const released = answer(ask.released, facts)
  const missing = !deployment.known ? deployment : !released.known ? released : null
  if (missing !== null && ready.hasRollbackList)
    return { ...ordinary, findings: [{ rule: 'gate', ...unknownFact(missing) }] }
  if (!deployment.known || !released.known) return ordinary
  const within = rollbackWithin(gate)
  const isWithin = (age: Duration) => isRollback(deployment.value, released.value, age, now)
  if (isWithin(within.all)) return { listing: ready.onRollback, byList: ready.hasRollbackList, findings: [] }
  return ready.disputed !== null && isWithin(within.organisation) ? { ...ordinary, listing: ready.disputed } : ordinary
}

/** What freezes and debts find, and when they will. A debt holds a layer's ordinary gate, not its list for rollbacks. */
const besidesEntries = (
  { listing: { freezes }, byList }: Rollback,
  judging: Judging,
): Pick<Found, 'plain' | 'coming'> => {
  const { findings, starts } = frozen(freezes, judging.now)
  const plain: Plain[] = findings.map((finding) => ({ finding, depth: depthOfFreeze(judging.gate, finding) }))
  const coming = [...starts]
  for (const { layer, depth } of judging.ready.indebted) {
    if (byList && layer.rollback !== null) continue
    const debts = debtsOf(layer, judging)
    for (const finding of debts.findings) plain.push({ finding, depth })
    for (const due of debts.due) coming.push(due)
  }
  return { plain, coming }
}

/** A freeze stands with the lowest layer of the file that declares it: no lower file's override reaches it. */
const depthOfFreeze = ({ layers }: Gate, { layer }: Finding): number =>
  layer === 'organisation freeze' ? layers.findLastIndex(({ name }) => isOrganisation(name)) : layers.length

type DeepStanding = Standing & { readonly depth: number }

/** Layers for which somebody gave an override. */
const standings = (judging: Judging): readonly DeepStanding[] =>
  judging.ready.overridable
    .map(({ layer, depth }) => ({ ...standingOf(layer, judging), depth }))
    .filter(({ finding }) => finding !== null)

type Building = { -readonly [Key in keyof Verdict]: Verdict[Key] }

const verdict = (
  { gate, now, ready }: Judging,
  findings: readonly Finding[],
  coming: readonly Instant[] = [],
  rollback = false,
): Verdict => {
  const decision = decisionOf(findings)
  const lookAgainAt = nextLook(findings, decision, decision === 'allow' ? coming : [], now)
  const { kind, name } = gate
  const { asked } = ready
  const made: Building =
    lookAgainAt === null
      ? { kind, gate: name, decision, applies: true, findings, asked }
      : { kind, gate: name, decision, applies: true, findings, lookAgainAt, asked }
  if (rollback) made.rollback = true
  return made
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
    if (at === undefined || at <= now || at >= earliest || finding.outcome === 'inactive') continue
    if ((counts(finding) === 'allow') === (decision === 'allow')) earliest = at
  }
  for (const at of coming) if (at > now && at < earliest) earliest = at
  return earliest === Infinity ? null : earliest
}
