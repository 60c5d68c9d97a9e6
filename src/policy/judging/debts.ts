import { answer, type Answer } from './compiled.js'
import type { Judging } from './evaluate.js'
import { ask, type Bypass, type Duration, type Instant, type Override } from '../facts.js'
import type { Group, Layer } from '../gate.js'
import { isHuman, membersOf } from '../people.js'
import type { Finding, WhoMayAct } from '../verdict.js'

/** What overrides and bypasses of the past still owe. */
export interface Debts {
  readonly findings: readonly Finding[]
  /** When reviews that are open fall due. */
  readonly due: readonly Instant[]
}

interface Owed {
  readonly by: string | null
  readonly at: Instant
  readonly due: Instant
}

interface Terms {
  readonly reviewWithin: Duration
  readonly reviewedBy: Group | null
}

const owed = (acts: readonly (Override | Bypass)[], { reviewWithin }: Terms, now: Instant): readonly Owed[] =>
  acts
    .filter(({ at, reviewedAt }) => at <= now && (reviewedAt === null || reviewedAt > now))
    .map((act) => ({ by: 'by' in act ? act.by.login : null, at: act.at, due: act.at + reviewWithin }))
    .sort((a, b) => a.at - b.at)

const NO_DEBTS: Debts = { findings: [], due: [] }

/** Reviews that are overdue hold a layer's gate; an override opens one when it is given, a bypass when it happens. */
export const debtsOf = (layer: Layer, judging: Judging): Debts => {
  const { facts } = judging
  const overrides = layer.override && debt(layer, answer(ask.overrides, facts), layer.override, judging)
  const terms = bypassTerms(layer)
  const bypasses = terms && debt(layer, answer(ask.bypasses, facts), terms, judging)
  if (overrides === null || overrides === NO_DEBTS) return bypasses ?? NO_DEBTS
  if (bypasses === null || bypasses === NO_DEBTS) return overrides
  return { findings: [...overrides.findings, ...bypasses.findings], due: [...overrides.due, ...bypasses.due] }
}

/** A bypass owes what an override owes, where a layer says nothing else of it. */
const bypassTerms = ({ bypass, override }: Layer): (Terms & { readonly place: Finding['place'] }) | null =>
  bypass ?? override

const debt = (
  layer: Layer,
  acts: Answer<readonly (Override | Bypass)[]>,
  terms: Terms & { readonly place?: Finding['place'] },
  judging: Judging,
): Debts => {
  if (acts.known && acts.value.length === 0) return NO_DEBTS
  const base = { rule: 'override', layer: layer.name, ...(terms.place === undefined ? {} : { place: terms.place }) }
  if (!acts.known) {
    return {
      findings: [{ ...base, outcome: 'undecided', code: acts.code, values: { fact: acts.key, reason: acts.reason } }],
      due: [],
    }
  }
  const open = owed(acts.value, terms, judging.now)
  const overdue = open.filter(({ due }) => judging.now >= due)
  const coming = open.filter(({ due }) => judging.now < due).map(({ due }) => due)
  if (overdue.length === 0) return { findings: [], due: coming }
  const values = { overdue: overdue.map(({ by, at, due }) => ({ by, at, due })) }
  return {
    findings: [{ ...base, outcome: 'wait', code: 'override_unreviewed', values, who: reviewers(terms, judging) }],
    due: coming,
  }
}

const reviewers = ({ reviewedBy }: Terms, { facts }: Judging): WhoMayAct => {
  const members = reviewedBy === null ? null : answer(membersOf(reviewedBy), facts)
  return { may: members?.known === true ? members.value.people.filter(isHuman) : [], mayNot: [] }
}
