import { z } from 'zod'
import type { Group, ProtectionTerms } from '../gate.js'
import type { PeopleReference } from '../parameters.js'

/** What a policy asks of GitHub's protection, as written: the groups that may bypass are still names. */
export interface RawProtection extends Omit<ProtectionTerms, 'bypass'> {
  readonly bypass?: readonly PeopleReference[]
}

const flag = z.boolean({ error: 'must be true or false' }).optional()
const approvals = z.int({ error: 'must be a whole number' }).min(0, { error: 'must be 0 or more' }).max(6, {
  error: 'must be at most 6, the most that GitHub can ask for',
})

/** The keys of `protection`, given who `bypass` may name. */
export const protectionKeys = <People extends z.ZodType>(people: People) => ({
  pull_request: z
    .strictObject({ approvals: approvals.optional(), dismiss_stale: flag, last_push: flag, code_owners: flag })
    .optional(),
  checks: z.array(z.string().min(1)).optional(),
  up_to_date: flag,
  force_push: flag,
  deletion: flag,
  linear_history: flag,
  signed_commits: flag,
  conversations: flag,
  admins: flag,
  bypass: z.array(people).optional(),
})

type Written = z.output<z.ZodObject<ReturnType<typeof protectionKeys<z.ZodType<PeopleReference>>>>>

/** The terms in this project's names; keys that the file does not have stay absent. */
export const protectionFrom = (written: Written): RawProtection => ({
  ...given('pullRequest', written.pull_request === undefined ? undefined : pullRequestFrom(written.pull_request)),
  ...given('checks', written.checks),
  ...given('upToDate', written.up_to_date),
  ...given('forcePush', written.force_push),
  ...given('deletion', written.deletion),
  ...given('linearHistory', written.linear_history),
  ...given('signedCommits', written.signed_commits),
  ...given('conversations', written.conversations),
  ...given('admins', written.admins),
  ...given('bypass', written.bypass),
})

const pullRequestFrom = (
  written: NonNullable<Written['pull_request']>,
): NonNullable<ProtectionTerms['pullRequest']> => ({
  ...given('approvals', written.approvals),
  ...given('dismissStale', written.dismiss_stale),
  ...given('lastPush', written.last_push),
  ...given('codeOwners', written.code_owners),
})

const given = <Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value })

/** Several terms for one branch as one: of each key the stricter. A layer that does not name `admins` asks for it. */
export const joinProtection = (terms: readonly ProtectionTerms[]): ProtectionTerms => {
  if (terms.length === 0) return {}
  const pullRequests = terms.flatMap(({ pullRequest }) => (pullRequest === undefined ? [] : [pullRequest]))
  const bypasses = terms.flatMap(({ bypass }) => (bypass === undefined ? [] : [bypass]))
  return {
    ...given('pullRequest', pullRequests.length === 0 ? undefined : joinPullRequests(pullRequests)),
    ...given(
      'checks',
      joined(
        terms,
        ({ checks }) => checks,
        (a, b) => [...new Set([...a, ...b])],
      ),
    ),
    ...given(
      'upToDate',
      joined(terms, ({ upToDate }) => upToDate, either),
    ),
    ...given(
      'forcePush',
      joined(terms, ({ forcePush }) => forcePush, both),
    ),
    ...given(
      'deletion',
      joined(terms, ({ deletion }) => deletion, both),
    ),
    ...given(
      'linearHistory',
      joined(terms, ({ linearHistory }) => linearHistory, either),
    ),
    ...given(
      'signedCommits',
      joined(terms, ({ signedCommits }) => signedCommits, either),
    ),
    ...given(
      'conversations',
      joined(terms, ({ conversations }) => conversations, either),
    ),
    admins: terms.some(({ admins = true }) => admins),
    ...given('bypass', bypasses.length === 0 ? undefined : bypasses.reduce(inBoth)),
  }
}

const joinPullRequests = (
  terms: readonly NonNullable<ProtectionTerms['pullRequest']>[],
): NonNullable<ProtectionTerms['pullRequest']> => ({
  ...given(
    'approvals',
    joined(terms, ({ approvals }) => approvals, Math.max),
  ),
  ...given(
    'dismissStale',
    joined(terms, ({ dismissStale }) => dismissStale, either),
  ),
  ...given(
    'lastPush',
    joined(terms, ({ lastPush }) => lastPush, either),
  ),
  ...given(
    'codeOwners',
    joined(terms, ({ codeOwners }) => codeOwners, either),
  ),
})

const joined = <Terms, Value>(
  terms: readonly Terms[],
  read: (terms: Terms) => Value | undefined,
  join: (a: Value, b: Value) => Value,
): Value | undefined => {
  return terms.map(read).reduce((a, b) => (a === undefined ? b : b === undefined ? a : join(a, b)), undefined)
}

const either = (a: boolean, b: boolean): boolean => a || b
const both = (a: boolean, b: boolean): boolean => a && b
/** May bypass only who both let bypass; groups are the same where they resolve to the same parts. */
const inBoth = (a: readonly Group[], b: readonly Group[]): readonly Group[] =>
  a.filter(({ key }) => b.some((other) => other.key === key))
