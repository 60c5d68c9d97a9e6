import type { BypassActor, Protection } from '../facts.js'
import type { Entry, Gate, ProtectionTerms } from '../gate.js'
import type { People } from './people.js'
import type { RawProtection, RawSituation } from './schema.js'
import { keyMatches } from '../composing/composition.js'
import { globProblem } from '../patterns.js'
import { joinProtection } from '../composing/protection-terms.js'

/** GitHub Actions, the reporter of a required check unless a policy says otherwise. */
const ACTIONS_ID = 15368

/** The branch that a subject is about. */
export interface Branch {
  readonly branch: string
  readonly defaultBranch: string
}

/**
 * What GitHub enforces on a branch. Without a word from the scenario it is what the policy asks, with our check; what
 * the scenario names replaces that, key by key; `null` or an empty map: nothing is enforced.
 */
export const protectionFact = (
  raw: RawSituation['protection'],
  at: Branch,
  gates: readonly Gate[],
  people: People,
): Protection => {
  const { branch } = at
  const written = writtenFor(raw, at)
  if (written === null || (written !== undefined && Object.keys(written).length === 0)) return { ...NOTHING, branch }
  const asked = fromTerms(branch, joinProtection(gates.flatMap((gate) => termsOf(gate, branch))))
  return written === undefined ? asked : withWritten(asked, written, people)
}

/** What stands under the branch's own name, else under a key that matches it as a policy's would. */
const writtenFor = (raw: RawSituation['protection'], at: Branch): RawProtection | null | undefined => {
  if (raw === undefined || raw === null) return raw
  const { own_check: ownCheck, ...branches } = raw
  const keys = Object.keys(branches).filter((key) => isAbout(key, at))
  const key = keys.find((each) => each === at.branch) ?? keys[0]
  const written = key === undefined ? undefined : branches[key]
  if (ownCheck === undefined || written === null) return written
  return { own_check: ownCheck, ...written }
}

const isAbout = (key: string, { branch, defaultBranch }: Branch): boolean =>
  key === branch || (globProblem(key) === null && keyMatches(key, branch, defaultBranch))

const NOTHING: Omit<Protection, 'branch'> = {
  pullRequest: null,
  checks: [],
  ownCheck: false,
  upToDate: false,
  forcePush: true,
  deletion: true,
  linearHistory: false,
  signedCommits: false,
  conversations: false,
  admins: false,
  bypass: [],
}

const fromTerms = (branch: string, terms: ProtectionTerms): Protection => ({
  branch,
  pullRequest: terms.pullRequest
    ? {
        approvals: terms.pullRequest.approvals ?? 0,
        dismissStale: terms.pullRequest.dismissStale ?? false,
        lastPush: terms.pullRequest.lastPush ?? false,
        codeOwners: terms.pullRequest.codeOwners ?? false,
      }
    : null,
  checks: (terms.checks ?? []).map(required),
  ownCheck: true,
  upToDate: terms.upToDate ?? false,
  forcePush: terms.forcePush ?? false,
  deletion: terms.deletion ?? false,
  linearHistory: terms.linearHistory ?? false,
  signedCommits: terms.signedCommits ?? false,
  conversations: terms.conversations ?? false,
  admins: true,
  bypass: [],
})

const required = (name: string) => ({ name, appId: ACTIONS_ID })

const withWritten = (asked: Protection, written: RawProtection, people: People): Protection => ({
  branch: asked.branch,
  pullRequest: pullRequestOf(asked.pullRequest, written.pull_request),
  checks: written.checks?.map(required) ?? asked.checks,
  ownCheck: written.own_check ?? asked.ownCheck,
  upToDate: written.up_to_date ?? asked.upToDate,
  forcePush: written.force_push ?? asked.forcePush,
  deletion: written.deletion ?? asked.deletion,
  linearHistory: written.linear_history ?? asked.linearHistory,
  signedCommits: written.signed_commits ?? asked.signedCommits,
  conversations: written.conversations ?? asked.conversations,
  admins: written.admins ?? asked.admins,
  bypass:
    written.bypass === undefined ? asked.bypass : (written.bypass?.map((actor) => actorOf(actor, people)) ?? null),
})

type PullRequest = Protection['pullRequest']

const pullRequestOf = (asked: PullRequest, written: RawProtection['pull_request']): PullRequest => {
  if (written === undefined) return asked
  if (written === null || written === false) return null
  const base = asked ?? { approvals: 0, dismissStale: false, lastPush: false, codeOwners: false }
  if (written === true) return base
  return {
    approvals: written.approvals ?? base.approvals,
    dismissStale: written.dismiss_stale ?? base.dismissStale,
    lastPush: written.last_push ?? base.lastPush,
    codeOwners: written.code_owners ?? base.codeOwners,
  }
}

type RawActor = NonNullable<NonNullable<RawProtection['bypass']>[number]>

/** A login, or a map that says what it is. */
const actorOf = (raw: RawActor, people: People): BypassActor => {
  const user = typeof raw === 'string' ? raw : 'user' in raw ? raw.user : null
  if (user !== null) {
    const { id, login, kind } = people.of(user)
    return { kind, id, name: login }
  }
  if (typeof raw === 'object' && 'team' in raw) return { kind: 'team', id: null, name: raw.team }
  if (typeof raw === 'object' && 'app' in raw) return { kind: 'app', id: null, name: raw.app }
  return { kind: 'role', id: null, name: typeof raw === 'object' && 'role' in raw ? raw.role : '' }
}

/** What the gate asks of a branch: its protection, and what its `protected` rules name themselves. */
const termsOf = (gate: Gate, branch: string): readonly ProtectionTerms[] => {
  const lists = gate.layers.flatMap((layer) => [...layer.entries, ...(layer.rollback?.entries ?? [])])
  return [gate.protectionOf(branch), ...lists.flatMap(givenIn)]
}

const givenIn = (entry: Entry): readonly ProtectionTerms[] => {
  switch (entry.kind) {
    case 'rule':
      return entry.rule.name === 'protected' && isTerms(entry.params) ? [entry.params] : []
    case 'not':
      return givenIn(entry.entry)
    case 'when':
      return entry.require.flatMap(givenIn)
    case 'all':
    case 'any':
      return entry.entries.flatMap(givenIn)
  }
}

const isTerms = (params: unknown): params is ProtectionTerms => typeof params === 'object' && params !== null
