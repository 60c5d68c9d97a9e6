import { different, stronger, weaker, type Change } from './changes.js'
import { amounts, demands, switches } from './values.js'
import { counted, listOf, MARKDOWN } from '../words/text.js'
import type { Group, ProtectionTerms } from '../gate.js'

type PullRequestTerms = NonNullable<ProtectionTerms['pullRequest']>

/** Keys that demand something where they are true. */
const WHERE_TRUE = {
  upToDate: 'up_to_date',
  linearHistory: 'linear_history',
  signedCommits: 'signed_commits',
  conversations: 'conversations',
} as const
/** Keys that demand something where they are false. */
const WHERE_FALSE = { forcePush: 'force_push', deletion: 'deletion' } as const
const OF_PULL_REQUEST = { dismissStale: 'dismiss_stale', lastPush: 'last_push', codeOwners: 'code_owners' } as const

const keysOf = <Key extends string>(names: Readonly<Record<Key, string>>) => Object.keys(names) as Key[]

/** What other terms demand of GitHub's protection of a branch; `null`: the file says nothing of it. */
export const protectionChanges = (before: ProtectionTerms | null, after: ProtectionTerms | null): readonly Change[] => {
  if (before === null && after === null) return []
  if (after === null) return [weaker('nothing is demanded any more')]
  const changes = termsChanges(before ?? {}, after)
  return before === null && changes.length === 0 ? [stronger('administrators must be bound too')] : changes
}

const termsChanges = (before: ProtectionTerms, after: ProtectionTerms): readonly Change[] => [
  ...pullRequestChanges(before.pullRequest, after.pullRequest),
  ...demands('required checks: ', before.checks ?? [], after.checks ?? []),
  ...keysOf(WHERE_TRUE).flatMap((key) =>
    switches(before[key] === true, after[key] === true, 'stronger', `\`${WHERE_TRUE[key]}\` as demanded`),
  ),
  ...keysOf(WHERE_FALSE).flatMap((key) => {
    const forbids = (terms: ProtectionTerms) => terms[key] === false
    if (forbids(before) === forbids(after)) return []
    const name = `\`${WHERE_FALSE[key]}\``
    return [forbids(after) ? stronger(`${name} must be forbidden`) : weaker(`${name} need not be forbidden any more`)]
  }),
  ...switches(before.admins !== false, after.admins !== false, 'stronger', '`admins`'),
  ...bypassChanges(before.bypass, after.bypass),
]

const pullRequestChanges = (
  before: PullRequestTerms | undefined,
  after: PullRequestTerms | undefined,
): readonly Change[] => {
  if (before === undefined && after === undefined) return []
  if (after === undefined) return [weaker('a pull request is no longer demanded')]
  if (before === undefined) return [stronger('a pull request is demanded')]
  const [from, to] = [before.approvals ?? 0, after.approvals ?? 0]
  return [
    ...amounts(from, to, 'stronger', `GitHub must demand ${counted(to, 'approval')} instead of ${from}`),
    ...keysOf(OF_PULL_REQUEST).flatMap((key) =>
      switches(before[key] === true, after[key] === true, 'stronger', `\`${OF_PULL_REQUEST[key]}\``),
    ),
  ]
}

const bypassChanges = (
  before: readonly Group[] | undefined,
  after: readonly Group[] | undefined,
): readonly Change[] => {
  if (before === undefined && after === undefined) return []
  if (after === undefined) return [weaker('who may bypass is no longer looked at')]
  if (before === undefined) return [stronger(`nobody but ${named(after)} may bypass`)]
  const words = `${named(after)} may bypass instead of ${named(before)}`
  const isPart = (some: readonly Group[], all: readonly Group[]) =>
    some.every(({ key }) => all.some((other) => other.key === key))
  const [narrower, wider] = [isPart(after, before), isPart(before, after)]
  if (narrower && wider) return []
  if (narrower) return [stronger(words)]
  return [wider ? weaker(words) : different(words)]
}

const named = (groups: readonly Group[]): string =>
  groups.length === 0 ? 'nobody' : listOf(groups.map(({ name }) => MARKDOWN.name(name)))
