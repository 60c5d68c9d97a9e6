import { decide, questionsOf } from '../policy/decide.js'
import {
  known,
  type Fact,
  type Facts,
  type GateAnswer,
  type Instant,
  type Shipment,
  type ShippedCommit,
} from '../policy/facts.js'
import { mergeGateOfShipped, type Policies } from '../policy/composing/gates.js'
import { fullName } from './evaluate-change.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { Repository } from './ports.js'
import { withStoreFacts } from './store-facts.js'

/** More merged pull requests than these are not read one by one: they stay without a record, and are named. */
const MOST = 50

const isShipment = (key: string) => key === 'ships' || key.startsWith('ships/')

const unrecorded = (commits: readonly ShippedCommit[]): readonly number[] => [
  ...new Set(commits.flatMap(({ change }) => (change?.gate === 'none' ? [change.number] : []))),
]

/** What is needed to know what came before the app. */
interface Knowing {
  readonly clock: Gatekeeper['clock']
  readonly records: Pick<Gatekeeper['records'], 'watchedSince'>
}

/** Today's merge gate on a pull request as GitHub has it now; `none` unless it was merged before the app watched. */
const judgeOne = async (
  { clock }: Knowing,
  repository: Repository,
  policies: Policies,
  number: number,
  watchedSince: Instant,
): Promise<GateAnswer> => {
  const state = await repository.change(number)
  if (state === null || state.mergedAt === null || state.mergedAt >= watchedSince) return 'none'
  const at = { repository: fullName(repository), defaultBranch: state.defaultBranch }
  const gate = mergeGateOfShipped(policies, { ...at, base: state.base })
  if (gate === null) return 'none'
  const facts = await state.facts.answer(questionsOf(gate), clock.now())
  return decide(
    gate,
    withStoreFacts(facts, { fullName: at.repository, defaultBranch: at.defaultBranch }, clock.now()),
    clock.now(),
  ).decision
}

const answered = (shipment: Shipment, answers: ReadonlyMap<number, GateAnswer>): Shipment => ({
  ...shipment,
  commits: shipment.commits.map((commit) => {
    const answer = commit.change?.gate === 'none' ? answers.get(commit.change.number) : undefined
    return answer === undefined || commit.change === null
      ? commit
      : { ...commit, change: { ...commit.change, gate: answer } }
  }),
})

/**
 * What came before the app was there has no verdict on record: it is judged by the merge gate as its reviews, checks and
 * protection are read now. What was merged since then without a verdict stays without one.
 * @throws {Unreadable} when such a pull request cannot be read.
 */
export const withShippedBefore = async (
  gatekeeper: Knowing,
  repository: Repository,
  policies: Policies,
  facts: Facts,
): Promise<Facts> => {
  const shipments = [...facts].filter(
    (entry): entry is [string, Fact<Shipment> & { known: true }] => isShipment(entry[0]) && entry[1].known,
  )
  const numbers = [...new Set(shipments.flatMap(([, { value }]) => unrecorded(value.commits)))]
  const watchedSince = numbers.length === 0 ? null : await gatekeeper.records.watchedSince(repository.address.id)
  if (watchedSince === null || numbers.length > MOST) return facts
  const answers = new Map<number, GateAnswer>()
  for (const number of numbers)
    answers.set(number, await judgeOne(gatekeeper, repository, policies, number, watchedSince))
  const judged = shipments.map(([key, fact]): [string, Fact] => [
    key,
    known(answered(fact.value, answers), fact.source, fact.at),
  ])
  return new Map([...facts, ...judged])
}
