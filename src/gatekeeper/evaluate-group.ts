import { reportOf, titleOf } from '../policy/words/explain.js'
import { gatesOfChange } from '../policy/composing/gates.js'
import { decide } from '../policy/decide.js'
import { ask, factFor, type Fact, type Facts } from '../policy/facts.js'
import type { Entry, Gate } from '../policy/gate.js'
import type { Decision, Verdict } from '../policy/verdict.js'
import { showCheck } from './answer-check.js'
import { checkName } from './check-names.js'
import { fullName, judgeChange, type JudgedChange } from './evaluate-change.js'
import { earliest, SOON, STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import { worstOf } from './judge.js'
import { readPolicies } from './policies.js'
import { Unreadable, type Judged, type Lease, type Repository } from './ports.js'
import { reportWith } from './report.js'
import type { Subject } from './subject.js'

type GroupSubject = Extract<Subject, { readonly kind: 'group' }>

interface Member {
  readonly number: number
  readonly judged: JudgedChange | null
}

/** Whether an entry rests on `checks`, however deep they stand in it. */
const asksChecks = (entry: Entry): boolean => {
  switch (entry.kind) {
    case 'rule':
      return entry.rule.name === 'checks'
    case 'all':
    case 'any':
      return entry.entries.some(asksChecks)
    case 'not':
      return asksChecks(entry.entry)
    case 'when':
      return entry.require.some(asksChecks)
  }
}

/** What of a merge gate is asked of the group's SHA too: a pull request's green says nothing of what the queue made of it. */
const onChecks = (gate: Gate): Gate => ({
  ...gate,
  layers: gate.layers.map((layer) => ({
    ...layer,
    entries: layer.entries.filter(asksChecks),
    override: null,
    rollback: null,
  })),
  added: [],
  distinct: false,
})

const isAsked = ({ layers }: Gate): boolean => layers.some(({ entries }) => entries.length > 0)

/** What was reported on the group alone; that it was not read is known too, so that a pull request's checks never stand in. */
const checksOf = (own: Facts): Facts => new Map([[ask.checks.key, factFor(own, ask.checks)]])

const isInactive = ({ findings }: Verdict): boolean => findings.some(({ code }) => code === 'no_rule_applies')

/**
 * The group's own checks: what of each pull request's merge gate rests on `checks`, judged with that pull request's
 * facts and the checks of the group's SHA. The worst verdict; `null` where no gate asks for any.
 */
const checksOfGroup = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  group: GroupSubject,
  members: readonly Member[],
): Promise<Verdict | null> => {
  const asked = members.flatMap(({ judged }) =>
    (judged?.gates ?? [])
      .filter(({ kind }) => kind === 'merge')
      .map(onChecks)
      .filter(isAsked)
      .map((gate) => ({ gate, facts: judged?.facts ?? new Map<string, Fact>() })),
  )
  if (asked.length === 0) return null
  const now = gatekeeper.clock.now()
  const subject = { kind: 'group', sha: group.sha, base: group.base, baseSha: group.baseSha } as const
  const own = await repository.facts(subject, [ask.checks], now, { fresh: false })
  const verdicts = asked
    .map(({ gate, facts }) => decide(gate, new Map([...facts, ...checksOf(own)]), now))
    .filter((verdict) => !isInactive(verdict))
  const worst = worstOf(verdicts.map(({ decision }) => decision))
  return verdicts.find(({ decision }) => decision === worst) ?? null
}

const membersOf = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  group: GroupSubject,
): Promise<readonly Member[] | Unreadable> => {
  try {
    const numbers = await repository.changesOfGroup(group)
    const members: Member[] = []
    for (const number of numbers) {
      const state = await repository.change(number)
      members.push({
        number,
        judged:
          state === null
            ? null
            : await judgeChange(gatekeeper, repository, number, state, `change/${repository.address.id}/${number}`),
      })
    }
    return members
  } catch (error) {
    if (error instanceof Unreadable) return error
    throw error
  }
}

const summaryOf = (
  repository: Repository,
  group: GroupSubject,
  members: readonly Member[],
  checks: Verdict | null,
): string =>
  [
    ...members.map(({ number, judged }) =>
      judged?.verdict
        ? `### #${number}\n\n${reportWith(judged.read, judged.verdict, { repository: fullName(repository), sha: judged.state.headSha, subject: `#${number}` })}`
        : `### #${number}\n\nThis pull request could not be judged.`,
    ),
    ...(checks === null
      ? []
      : [
          `### The group's own checks\n\n${reportOf(checks, { repository: fullName(repository), sha: group.sha, subject: 'the merge group' })}`,
        ]),
  ].join('\n\n')

const decisionOf = (members: readonly Member[], checks: Verdict | null): Decision =>
  worstOf([
    ...(members.length === 0 ? ['undecided' as const] : []),
    ...members.map(({ judged }) => judged?.verdict?.decision ?? ('undecided' as const)),
    ...(checks === null ? [] : [checks.decision]),
  ])

const over = ({ sha }: GroupSubject): Judged => ({ lookAgainAt: null, asked: [], sha, finished: true })

/** The queue deletes a group's branch when it gives the group up or has merged it. What cannot be told counts as there. */
const isGone = async (
  { log }: Gatekeeper,
  repository: Repository,
  { headRef, sha }: GroupSubject,
): Promise<boolean> => {
  try {
    return (await repository.branchTip(headRef.replace(/^refs\/heads\//, ''))) !== sha
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    log.info({ sha, error: error.message }, 'GitHub does not tell whether a merge group is still there')
    return false
  }
}

/**
 * A merge queue's commit: every pull request in it, each at its own head, and the gate's checks on the group's SHA. Once
 * none of them is open any more, the group is over, and its commit may be the branch's.
 */
export const evaluateGroup = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  group: GroupSubject,
): Promise<Judged> => {
  const { clock, records } = gatekeeper
  const { defaultBranch } = await repository.state()
  const { policies } = await readPolicies(gatekeeper, repository, group.baseSha)
  const gates = gatesOfChange(policies, { repository: fullName(repository), defaultBranch, base: group.base })
  if (gates.length === 0) return { lookAgainAt: null, asked: ['policy'], sha: group.sha, finished: true }
  const members = await membersOf(gatekeeper, repository, group)
  const name = checkName({ of: 'merge' }, gates[0]?.mode ?? 'enforce')
  const shown =
    (await records.lastCheck(repository.address.id, group.sha, name)) === null
      ? await repository.newestCheck(group.sha, name)
      : null
  if (members instanceof Unreadable) {
    const content = {
      name,
      sha: group.sha,
      conclusion: null,
      title: 'The merge group could not be read',
      summary: members.message,
    }
    await showCheck(gatekeeper, lease, repository, content, shown, STALE_AFTER)
    if (await isGone(gatekeeper, repository, group)) return over(group)
    return {
      lookAgainAt: members.retryAt ?? clock.now() + SOON,
      asked: ['policy', 'group'],
      sha: group.sha,
      finished: false,
    }
  }
  if (members.every(({ judged }) => judged?.state.open === false)) return over(group)
  const checks = await checksOfGroup(gatekeeper, repository, group, members)
  const decision = decisionOf(members, checks)
  const worst = members.find(({ judged }) => (judged?.verdict?.decision ?? 'undecided') === decision)
  const title =
    checks?.decision === decision && worst === undefined
      ? titleOf(checks)
      : worst?.judged?.verdict
        ? `#${worst.number}: ${titleOf(worst.judged.verdict)}`.slice(0, 140)
        : 'No pull request of this group could be judged'
  const conclusion = ({ allow: 'success', deny: 'failure', wait: null, undecided: null } as const)[decision]
  await showCheck(
    gatekeeper,
    lease,
    repository,
    { name, sha: group.sha, conclusion, title, summary: summaryOf(repository, group, members, checks) },
    shown,
    STALE_AFTER,
  )
  const verdicts = [
    ...members.flatMap(({ judged }) => (judged?.verdict ? [judged.verdict] : [])),
    ...(checks === null ? [] : [checks]),
  ]
  return {
    lookAgainAt: earliest(
      ...verdicts.map(({ lookAgainAt }) => lookAgainAt),
      decision === 'undecided' ? clock.now() + SOON : null,
    ),
    asked: [...new Set(verdicts.flatMap(({ asked }) => asked)), 'policy', 'change', 'group'],
    sha: group.sha,
    finished: false,
  }
}
