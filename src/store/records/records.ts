import type { Debts, Intent, Records } from '../../gatekeeper/ports.js'
import type { Instant } from '../../policy/facts.js'
import type { Engine, Writing } from '../engine.js'
import { act, approvals, handovers, once, overrides, refuse } from './acts.js'
import { bypasses, debtsOf, incident } from './debts.js'
import {
  approvedRuns,
  doubtfulChecks,
  intend,
  intendByOverride,
  lastCheck,
  rejectedAt,
  rejectedRun,
  reports,
  settle,
  unsettled,
} from './intents.js'
import { firstAsked, wasAsked } from './asked.js'
import { keepPolicy, keptPolicy } from './kept-policies.js'
import { lock, locks, unlock } from './locks.js'
import { groupsSeen, pin } from './pins.js'
import { recordTip, tip, watchedSince } from './tips.js'
import { mergeGate, pushGate, recordVerdict } from './verdicts.js'

/** Whatever is remembered. Each write and its ledger entry are one transaction: both are there, or neither. */
export const storedRecords = (engine: Engine): Records & Debts => {
  const { db, write } = engine
  /** What happens once, with what will be said of it. */
  const firstTime = (happens: (writing: Writing) => Promise<boolean>, now: Instant, saying?: Intent) =>
    write(async (writing) => {
      const isFirst = await happens(writing)
      if (isFirst && saying !== undefined) await intend(writing, saying, now)
      return isFirst
    })
  return {
    verdict: (record, now) => write((writing) => recordVerdict(writing, record, now)),
    mergeGate: (repository, number, head) => mergeGate(db, repository, number, head),
    pushGate: (repository, sha) => pushGate(db, repository, sha),
    intend: (intent, now) => write((writing) => intend(writing, intent, now)),
    intendByOverride: (intent, now) => write((writing) => intendByOverride(writing, intent, now)),
    settle: (intent, outcome, now) => write((writing) => settle(writing, intent, outcome, now)),
    unsettled: () => unsettled(db),
    approvedRuns: (repository, environment) => approvedRuns(db, repository, environment),
    rejectedAt: (repository, environment, sha) => rejectedAt(db, repository, environment, sha),
    rejectedRun: (repository, environment, run, attempt) => rejectedRun(db, repository, environment, run, attempt),
    reports: (repository, run, environment, attempt) => reports(db, repository, run, environment, attempt),
    lastCheck: (repository, sha, name) => lastCheck(db, repository, sha, name),
    doubtfulChecks: (repository, sha, name) => doubtfulChecks(db, repository, sha, name),
    act: (given, now, saying) => firstTime((writing) => act(writing, given, now), now, saying),
    once: (key, now, saying) => firstTime((writing) => once(writing, key, now), now, saying),
    refuse: (refusal, now, saying) => firstTime((writing) => refuse(writing, refusal, now), now, saying),
    approvals: (repository, environment, run, attempt) => approvals(db, repository, environment, run, attempt),
    handovers: (repository, environment, run, attempt) => handovers(db, repository, environment, run, attempt),
    overrides: (repository, environment, sha, answering) => overrides(db, repository, environment, sha, answering),
    bypasses: (repository, environment) => bypasses(db, repository, environment),
    incident: (found, now) => write((writing) => incident(writing, found, now)),
    pin: (scope, name, id, now) => write((writing) => pin(writing, scope, name, id, now)),
    groupsSeen: (repository, groups, now) => groupsSeen(engine, repository, groups, now),
    keepPolicy: (installation, kept, now) => write((writing) => keepPolicy(writing, installation, kept, now)),
    keptPolicy: (installation) => keptPolicy(db, installation),
    tip: (repository, branch, before) => tip(db, repository, branch, before),
    watchedSince: (repository) => watchedSince(db, repository),
    wasAsked: (repository, environment, run) => wasAsked(db, repository, environment, run),
    recordTip: (repository, branch, sha, now) => write((writing) => recordTip(writing, repository, branch, sha, now)),
    lock: (repository, environment, holder, sha, now) =>
      write((writing) => lock(writing, repository, environment, holder, sha, now)),
    unlock: (repository, environment, holder, now) =>
      write((writing) => unlock(writing, repository, environment, holder, now)),
    locks: (repository) => locks(db, repository),
    firstAsked: (repository, environment, run, attempt, sha, now) =>
      write((writing) => firstAsked(writing, { repository, environment, run, attempt, sha }, now)),
    ...debtsOf(engine),
  }
}
