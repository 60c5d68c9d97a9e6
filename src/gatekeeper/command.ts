import { namesSha, parseCommand, type Command } from '../policy/commands.js'
import type { Instant, Person } from '../policy/facts.js'
import { perform, shipsChange, waitingReleases, type Saying, type WaitingRelease } from './act.js'
import { everyFinding, uniquePeople, type ActKind } from './authorise.js'
import { fullName, judgeChange, type JudgedChange } from './evaluate-change.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { CommentNow, Judged, Lease, Repository } from './ports.js'
import { channelsOf, wishOf, type ReleaseAsked } from './release.js'
import { overrideAhead } from './override-ahead.js'
import { reportWith } from './report.js'
import { replyTo, sayNow, sayOwed } from './reply.js'
import { reviewDebts } from './review-debt.js'
import type { Subject } from './subject.js'
import * as words from './words.js'

type CommandSubject = Extract<Subject, { readonly kind: 'command' }>
type ReleaseCommand = Omit<Extract<Command, { readonly environment: string }>, 'kind'> & { readonly kind: ActKind }

const FINISHED: Judged = { lookAgainAt: null, asked: [], sha: null, finished: true }

/**
 * A comment as the API has it now: acted on once, and answered on the pull request where it stands. What will be said goes
 * on record with the act, so that a look that could not say it is made up for by the next one.
 */
export const actOnCommand = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  subject: CommandSubject,
): Promise<Judged> => {
  const owed = await sayOwed(gatekeeper, lease, repository)
  if (owed !== null) return owed
  const comment = await repository.comment(subject.comment)
  const by = comment?.by ?? null
  if (comment === null || by === null || by.kind !== 'user' || comment.number !== subject.number) return FINISHED
  const command = parseCommand(comment.body)
  if (command === null) return FINISHED
  const text = await answerTo(gatekeeper, lease, repository, comment, by, command)
  if (text !== null) await sayNow(gatekeeper, lease, repository)
  return FINISHED
}

const answerTo = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  comment: CommentNow,
  by: Person,
  command: NonNullable<ReturnType<typeof parseCommand>>,
): Promise<string | null> => {
  const key = `comment/${repository.address.id}/${comment.id}`
  const saying: Saying = (text) => replyTo(gatekeeper, lease, repository, comment.number, text)
  const refuse = (code: string, text: string) => refusal(gatekeeper, lease, repository, { key, by, code, text, saying })
  if ('problem' in command) return refuse('command_unreadable', words.unreadable(command.problem))
  if (command.kind === 'gates') {
    const text = await gates(gatekeeper, repository, comment.number)
    return (await gatekeeper.records.once(key, gatekeeper.clock.now(), saying(text))) ? text : null
  }
  if (comment.editedAt !== null || comment.viaEmail) return refuse('comment_edited', words.edited)
  if (command.kind === 'approve-merge')
    return approveMerge(gatekeeper, lease, repository, { number: comment.number, by, sha: command.sha }, refuse)
  if (command.kind === 'review') return onReview(gatekeeper, repository, by, command, key, saying, refuse)
  return onRelease(gatekeeper, lease, repository, comment, by, { ...command, kind: command.kind }, key, saying, refuse)
}

type Refuse = (code: string, text: string) => Promise<string | null>

interface Refused {
  readonly key: string
  readonly by: Person
  readonly code: string
  readonly text: string
  readonly saying: Saying
}

/** On record once; the text the first time, `null` after that. */
const refusal = async (
  { records, clock }: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { key, by, code, text, saying }: Refused,
): Promise<string | null> => {
  const { installation, id } = repository.address
  const fresh = await records.refuse(
    { key, installation, repository: id, subject: lease.key, by, act: 'command', code, values: {} },
    clock.now(),
    saying(text),
  )
  return fresh ? text : null
}

/** When this attempt began to ask. What was written before it cannot have meant it. */
const beganAt = ({ from }: ReleaseAsked): Instant => ('run' in from ? from.run.startedAt : from.deployment.createdAt)

const candidatesOf = async (
  repository: Repository,
  waiting: readonly WaitingRelease[],
  { number, at }: CommentNow,
  sha: string,
) => {
  const shipping: WaitingRelease[] = []
  for (const release of waiting) if (await shipsChange(repository, release, number)) shipping.push(release)
  return { shipping, matching: shipping.filter(({ asked }) => namesSha(sha, asked.sha) && beganAt(asked) <= at) }
}

const onRelease = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  comment: CommentNow,
  by: Person,
  command: ReleaseCommand,
  key: string,
  saying: Saying,
  refuse: Refuse,
): Promise<string | null> => {
  const waiting = await waitingReleases(gatekeeper, repository, command.environment)
  const { shipping, matching } = await candidatesOf(repository, waiting, comment, command.sha)
  const [release, ...others] = matching
  if (command.kind === 'override' && release === undefined) {
    const { environment, sha: written, reason } = command
    const ahead = await overrideAhead(gatekeeper, lease, repository, {
      environment,
      written,
      reason,
      by,
      comment,
      key,
      saying,
    })
    if (ahead !== 'none') return ahead.said
  }
  const oneCommit = command.kind === 'override' && others.every(({ asked }) => asked.sha === release?.asked.sha)
  if (release === undefined || (others.length > 0 && !oneCommit))
    return refuse(
      'no_single_deployment',
      words.candidates(
        command.kind,
        command.environment,
        command.sha,
        shipping.map(({ asked }) => asked),
      ),
    )
  return perform(gatekeeper, lease, repository, release, {
    key,
    refusalKey: key,
    kind: command.kind,
    by,
    text: command.reason,
    via: 'comment',
    saying,
  })
}

/** A review closes a debt once; said again, there is nothing left to review. */
const onReview = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  by: Person,
  { environment, sha, reason }: Extract<Command, { readonly environment: string }>,
  key: string,
  saying: Saying,
  refuse: Refuse,
): Promise<string | null> => {
  const { ok, text } = await reviewDebts(gatekeeper, repository, { environment, sha, by, text: reason })
  const first = await gatekeeper.records.once(`${key}/review`, gatekeeper.clock.now(), ok ? saying(text) : undefined)
  if (!first) return null
  return ok ? text : refuse('review_refused', text)
}

/** What stands in the way of an approval of the merge that was given by comment; `null`: it counts, or nobody can tell. */
const mergeObstacle = (
  { gates: guarding, state, verdict }: JudgedChange,
  by: Person,
  sha: string,
): { readonly code: string; readonly text: string } | null => {
  if (!guarding.some((gate) => channelsOf(gate).has('comment')))
    return { code: 'comments_do_not_count', text: words.mergeByReviewOnly }
  if (!namesSha(sha, state.headSha)) return { code: 'approval_stale', text: words.mergeOfOther(sha, state.headSha) }
  const approvals = everyFinding(verdict?.findings ?? []).filter(({ rule }) => rule === 'approval')
  const barred = approvals.flatMap(({ who }) => who?.mayNot ?? []).find(({ person }) => person.id === by.id)
  const counts = approvals.some(
    ({ values }) => Array.isArray(values['approved']) && values['approved'].includes(by.login),
  )
  if (barred === undefined || counts) return null
  const may = uniquePeople(approvals.flatMap(({ who }) => who?.may ?? []))
  return { code: barred.code, text: words.mergeRefused(by, barred.code, may) }
}

/** The merge gate reads comments itself; all that is due here is a fresh look, or a word when this one does not count. */
const approveMerge = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { number, by, sha }: { readonly number: number; readonly by: Person; readonly sha: string },
  refuse: Refuse,
): Promise<string | null> => {
  const { id } = repository.address
  const state = await repository.change(number)
  if (state === null) return null
  if (!state.open) return refuse('change_closed', words.closed)
  const judged = await judgeChange(gatekeeper, repository, number, state, `change/${id}/${number}`)
  const subject = { kind: 'change', repository: id, number } as const
  await gatekeeper.subjects.hint(
    [{ kind: 'touch', subject, sha: state.headSha, installation: lease.installation }],
    gatekeeper.clock.now(),
  )
  const obstacle = mergeObstacle(judged, by, sha)
  return obstacle === null ? null : refuse(obstacle.code, obstacle.text)
}

/** `/gates`: what every gate that concerns this pull request says now. */
const gates = async (gatekeeper: Gatekeeper, repository: Repository, number: number): Promise<string> => {
  const parts: string[] = []
  const state = await repository.change(number)
  if (state?.open === true) {
    const { verdict, read } = await judgeChange(
      gatekeeper,
      repository,
      number,
      state,
      `change/${repository.address.id}/${number}`,
    )
    if (verdict !== null)
      parts.push(
        reportWith(read, verdict, { repository: fullName(repository), sha: state.headSha, subject: `#${number}` }),
      )
  }
  for (const release of await waitingReleases(gatekeeper, repository, null))
    if (await shipsChange(repository, release, number))
      parts.push(
        reportWith(release.read, release.verdict, {
          repository: fullName(repository),
          sha: release.asked.sha,
          subject: wishOf(release.asked),
        }),
      )
  return parts.length === 0 ? words.nothingGuards : parts.join('\n\n---\n\n')
}
