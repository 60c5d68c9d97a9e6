import { answer } from '../policy/judging/compiled.js'
import { namesSha } from '../policy/commands.js'
import type { Person } from '../policy/facts.js'
import { gateOfRelease } from '../policy/composing/gates.js'
import type { Gate, Group } from '../policy/gate.js'
import { isHuman, membersOf } from '../policy/people.js'
import { fullName } from './evaluate-change.js'
import type { Gatekeeper } from './gatekeeper.js'
import { readPolicies } from './policies.js'
import { Unreadable, type Debt, type Repository } from './ports.js'
import * as words from './words.js'

export interface Review {
  readonly environment: string
  readonly sha: string
  readonly by: Person
  readonly text: string
}

/** Every layer that such a debt binds names its reviewers; where it names none, those who may override review. */
const reviewersOf = ({ layers }: Gate, { kind }: Debt): readonly Group[] =>
  layers.flatMap(({ override, bypass }) => {
    const terms = kind === 'override' ? override : (bypass ?? override)
    const group = terms?.reviewedBy ?? override?.by ?? null
    return terms === null || group === null ? [] : [group]
  })

/** Who is in every one of the groups. @throws {Unreadable} when one of them could not be read. */
const inAll = async (
  { clock }: Gatekeeper,
  repository: Repository,
  groups: readonly Group[],
  defaultBranch: string,
  tip: string,
): Promise<readonly Person[]> => {
  const asked = groups.map(membersOf)
  const subject = { kind: 'push', branch: defaultBranch, before: null, after: tip, by: null } as const
  const facts = await repository.facts(
    subject,
    asked.flatMap(({ questions }) => questions),
    clock.now(),
    { fresh: true },
  )
  const members = asked.map((ask) => answer(ask, facts))
  const unread = members.find(({ known }) => !known)
  if (unread !== undefined && !unread.known) throw new Unreadable('who may review', unread.reason, null)
  const [first, ...others] = members.flatMap((one) => (one.known ? [one.value] : []))
  return first?.people.filter((person) => isHuman(person) && others.every(({ ids }) => ids.has(person.id))) ?? []
}

/**
 * Closes what overrides and bypasses of this commit owe: a member of the reviewers, other than who overrode, has looked
 * at it afterwards.
 * @returns the sentence to reply.
 * @throws {Unreadable} when who may review could not be read.
 */
export const reviewDebts = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  { environment, sha, by, text }: Review,
): Promise<{ readonly ok: boolean; readonly text: string }> => {
  const { records, subjects, clock } = gatekeeper
  const { id, installation } = repository.address
  const open = (await records.debts(id, environment)).filter((debt) => namesSha(sha, debt.sha))
  if (open.length === 0) return { ok: false, text: words.nothingToReview(environment, sha) }
  const { defaultBranch, tip } = await repository.state()
  const { policies } = await readPolicies(gatekeeper, repository, tip, { fresh: true })
  const gate = gateOfRelease(policies, { repository: fullName(repository), defaultBranch, environment })
  for (const debt of open) {
    const groups = reviewersOf(gate, debt)
    const may = (await inAll(gatekeeper, repository, groups, defaultBranch, tip)).filter(
      (person) => person.id !== debt.by?.id,
    )
    if (!may.some((person) => person.id === by.id)) return { ok: false, text: words.mayNotReview(by, environment, may) }
    await records.review(debt, by, text, clock.now())
  }
  await subjects.hint(
    [
      { kind: 'wake', scope: { repository: id }, about: ['overrides', 'bypasses'] },
      ...(await waitingHints(gatekeeper, repository, installation)),
    ],
    clock.now(),
  )
  return { ok: true, text: words.reviewed(by, environment, open.length) }
}

const waitingHints = async (
  { subjects }: Gatekeeper,
  { address }: Repository,
  installation: typeof address.installation,
) => (await subjects.waiting(address.id)).map((subject) => ({ kind: 'touch' as const, subject, installation }))
