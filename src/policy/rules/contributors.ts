import { z } from 'zod'
import { contributorsOf, type Contributors } from '../evidence/contributors.js'
import {
  ask,
  type Change,
  type Commit,
  type Deployment,
  type Fact,
  type Person,
  type Sha,
  type Shipment,
  type UserId,
} from '../facts.js'
import type { Gate } from '../gate.js'
import { contributorsTo } from '../evidence/involvement.js'
import { people } from '../parameters.js'
import { membersOfAny } from '../people.js'
import { allow, defineRule, deny, undecided, wait, type Asked } from '../rule.js'
import { shipmentOf, shippedBy } from '../evidence/ships.js'
import { listed, sorted } from './values.js'

interface Parts {
  readonly everybody: readonly Person[]
  /** Somebody contributed who has no account. */
  readonly unmapped: readonly Sha[]
  /** Contributors to a pull request that is not theirs, or to no pull request. */
  readonly notAuthors: readonly Person[]
  /** What cannot be told, and why; `null`: nothing. */
  readonly untold: { readonly fact: string; readonly reason: string } | null
}

const HEADLESS = 'the head is not among the commits'
const NO_DIFFS: ReadonlyMap<Sha, string> = new Map()

const others = (contributors: Contributors, author: UserId | undefined): readonly Person[] =>
  [...contributors.byId.values()].map(({ person }) => person).filter(({ id }) => id !== author)

const ofChange: Asked<Parts> = {
  questions: [ask.change, ask.commits],
  maybe: [ask.diffs],
  join: (answers, [fact]) => {
    const [change, commits] = answers as readonly [Change, readonly Commit[]]
    const diffs = fact as Fact<ReadonlyMap<Sha, string>>
    const found = contributorsTo(change.headSha, commits, diffs.known ? diffs.value : NO_DIFFS)
    const contributors = found ?? contributorsOf([])
    const notAuthors = others(contributors, change.author?.id)
    const everybody = [...(change.author === null ? [] : [change.author]), ...notAuthors]
    const merges = !diffs.known && commits.some(({ parents }) => parents.length > 1)
    const untold =
      found === null
        ? { fact: 'commits', reason: HEADLESS }
        : merges
          ? { fact: ask.diffs.key, reason: diffs.reason }
          : null
    return {
      everybody,
      unmapped: [...contributors.unmapped, ...(change.author === null ? [change.headSha] : [])],
      notAuthors,
      untold,
    }
  },
}

const ofRelease = (gate: Gate): Asked<Parts> => ({
  questions: [ask.deployment, shipmentOf(gate)],
  join: (answers) => {
    const [{ sha }, shipment] = answers as readonly [Deployment, Shipment]
    const { contributors, changes, commits, headMissing, endless } = shippedBy(sha, shipment)
    const authors = changes.flatMap(({ author }) => (author === null ? [] : [author]))
    const everybody = new Map([...others(contributors, undefined), ...authors].map((person) => [person.id, person]))
    const untold = headMissing || (endless && commits.length === 0) ? { fact: 'ships', reason: HEADLESS } : null
    const deserted = changes.some(({ author }) => author === null) ? [sha] : []
    const notAuthors = commits
      .flatMap((commit) => others(contributorsOf([commit]), commit.change?.author?.id))
      .filter(({ id }) => contributors.byId.has(id))
    return { everybody: [...everybody.values()], unmapped: [...contributors.unmapped, ...deserted], notAuthors, untold }
  },
})

/** Authors, co-authors and committers, GitHub's own committer left out, are known and as asked. */
export const contributors = defineRule({
  name: 'contributors',
  about:
    'One contributor is in a group (`any_in`), all are (`only_in`), or the author is the only one (`only_author`).',
  gates: ['merge', 'policy', 'release'],
  predicate: true,
  params: z
    .strictObject({
      any_in: people.optional(),
      only_in: people.optional(),
      only_author: z.literal(true, { error: 'must be true, or not be given' }).optional(),
    })
    .refine((given) => given.any_in ?? given.only_in ?? given.only_author, {
      error: 'must have any_in, only_in or only_author',
    }),
  groups: ['any_in', 'only_in'],
  asks: (given, gate) => ({
    parts: gate.kind === 'release' ? ofRelease(gate) : ofChange,
    any: membersOfAny(given.any_in),
    only: membersOfAny(given.only_in),
  }),
  check({ parts, any, only }, given, { gate }) {
    const { everybody, unmapped, notAuthors, untold } = parts
    const outside = everybody.filter(({ id }) => only?.ids.has(id) === false)
    const wrong = [...outside, ...(given.only_author === true ? notAuthors : [])]
    const nobody = any !== null && !everybody.some(({ id }) => any.ids.has(id))
    const values = {
      anyIn: given.any_in?.name ?? null,
      onlyIn: given.only_in?.name ?? null,
      onlyAuthor: given.only_author === true,
    }
    if (untold !== null) return undecided('fact_unknown', { ...values, ...untold })
    if (wrong.length === 0 && unmapped.length > 0)
      return undecided('contributor_unknown', { ...values, commits: listed(unmapped) })
    if (wrong.length === 0 && !nobody) return allow(values)
    return (gate.kind === 'release' ? wait : deny)('contributor_not_allowed', {
      ...values,
      wrong: listed(sorted(wrong.map(({ login }) => login))),
    })
  },
})
