import { sameName } from '../reading/names.js'
import {
  known,
  unknown,
  type Collaborator,
  type Fact,
  type Facts,
  type Instant,
  type Person,
  type Question,
} from '../facts.js'
import type { Gate } from '../gate.js'
import { changeFacts, pushFacts, type ByTopic } from './change.js'
import type { ShippedJudge } from './commits.js'
import { deploymentFacts } from './deployment.js'
import { peopleOf, teamsOf, type People, type Team } from './people.js'
import { protectionFact } from './protection.js'
import type { RawSituation } from './schema.js'
import type { SubjectKind } from './subject.js'
import { hiding } from './topics.js'

const SOURCE = 'scenario'

export type { SubjectKind } from './subject.js'

export interface Situation {
  readonly raw: RawSituation
  readonly kind: SubjectKind
  readonly now: Instant
  readonly repository: string
  readonly defaultBranch: string
  /** The branch whose protection matters: the base, the pushed branch, the deployed ref's. */
  readonly branch: string
  /** What the merge gate, as it is now, says of a shipped pull request without a record. */
  readonly judge?: ShippedJudge
}

/** Answers all questions of the gates. */
export const factsOf = (situation: Situation, questions: readonly Question[], gates: readonly Gate[]): Facts => {
  const { raw, now } = situation
  const people = peopleOf({ ...pinned(questions), ...raw.users })
  const topics: ByTopic = {
    repository: { fullName: situation.repository, defaultBranch: situation.defaultBranch },
    ...(questions.some(({ about }) => about === 'protection')
      ? { protection: protectionFact(raw.protection, situation, gates, people) }
      : {}),
    roles: Object.entries(raw.roles ?? {}).flatMap(([login, role]): readonly Collaborator[] =>
      role === null ? [] : [{ person: people.of(login), role }],
    ),
    ...subjectFacts(situation, people),
  }
  const teams = teamsOf(raw.teams)
  const isHidden = hiding(raw.unknown ?? [], situation.kind)
  const facts = new Map<string, Fact>()
  for (const question of questions) {
    if (facts.has(question.key)) continue
    const fact = isHidden(question.key)
      ? unknown('the scenario says that it cannot be read', SOURCE, now)
      : answer(question, { topics, teams, people, raw, now })
    facts.set(question.key, fact)
  }
  return facts
}

/** A policy that pins a login to an id is right about it, where the scenario does not say otherwise. */
const pinned = (questions: readonly Question[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    questions.flatMap(({ of: { user } }) => (user?.id === undefined ? [] : [[user.login.toLowerCase(), user.id]])),
  )

const subjectFacts = ({ raw, kind, now, judge }: Situation, people: People): ByTopic => {
  switch (kind) {
    case 'change':
      return changeFacts(raw.change ?? {}, people, now)
    case 'deployment':
      return deploymentFacts(raw.deployment ?? {}, people, now, judge)
    case 'push':
      return pushFacts(raw.push ?? {}, people, now, judge)
  }
}

interface World {
  readonly topics: ByTopic
  readonly teams: ReadonlyMap<string, Team>
  readonly people: People
  readonly raw: RawSituation
  readonly now: Instant
}

const answer = ({ about, of, key }: Question, world: World): Fact => {
  const { topics, people, raw, now } = world
  if (about === 'teams') return teamFact(of.team, world)
  if (about === 'users') return userFact(of.user, world)
  if (about === 'organizations') {
    const members = Object.entries(raw.organizations ?? {}).find(([name]) => sameName(name, of.organization ?? ''))?.[1]
    return members
      ? known(members.map(people.of), SOURCE, now)
      : unknown(`the organization ${of.organization ?? ''} does not exist`, SOURCE, now)
  }
  const value = topics[about]
  if (value === undefined) return unknown(`${key} is nothing that this subject has`, SOURCE, now)
  if (about === 'ships' && of.since !== undefined) return known(since(value, of.since), SOURCE, now)
  return known(value, SOURCE, now)
}

/** A rule's own `since` begins the list where nothing else does. */
const since = (ships: unknown, sha: string): unknown =>
  typeof ships === 'object' && ships !== null && 'since' in ships && ships.since === null
    ? { ...ships, since: sha }
    : ships

const teamFact = (team: Question['of']['team'], { teams, people, now }: World): Fact<readonly Person[]> => {
  const found = team && teams.get(team.slug.toLowerCase())
  if (!team || !found) return unknown(`the team ${team?.slug ?? ''} does not exist`, SOURCE, now)
  if (team.id !== undefined && found.id !== null && team.id !== found.id) {
    return unknown(`the team ${team.slug} has the id ${found.id}, the policy means ${team.id}`, SOURCE, now, 'renamed')
  }
  const logins = team.inherited ? [...found.members, ...found.inherited] : found.members
  return known([...new Map(logins.map((login) => [people.of(login).id, people.of(login)])).values()], SOURCE, now)
}

/** Every account exists; a pin is held against the id that the scenario gives, where it gives one. */
const userFact = (user: Question['of']['user'], { people, raw, now }: World): Fact<Person> => {
  if (!user) return unknown('no user was named', SOURCE, now)
  const given = Object.entries(raw.users ?? {}).find(([login]) => sameName(login, user.login))?.[1]
  if (user.id !== undefined && given !== undefined && user.id !== given) {
    return unknown(`${user.login} has the id ${given}, the policy means ${user.id}`, SOURCE, now, 'renamed')
  }
  return known(people.of(user.login), SOURCE, now)
}
