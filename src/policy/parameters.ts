import { z } from 'zod'
import { DURATION_ALLOWED, parseDuration } from './time/duration.js'
import type { Duration } from './facts.js'
import { meantDuration } from './time/meant.js'
import type { Group } from './gate.js'
import { globProblem, patternProblem } from './patterns.js'

/** Text that says something. */
export const text = z.string({ error: 'must be text; put it in quotes' }).min(1, 'must not be empty')

/** One value or a list of them; always read as a list, which is never empty. */
export const oneOrMore = <Item extends z.ZodType>(item: Item, what: string) =>
  z
    .union([item, z.array(item).min(1, `must name at least one ${what}`)], {
      error: `must be ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} or a list of them`,
    })
    .transform((given) => (Array.isArray(given) ? given : [given]) as readonly z.output<Item>[])

/** `90s`, `30m`, `24h`, `7d`, read as milliseconds. */
export const duration = z
  .string({ error: `must be ${DURATION_ALLOWED}` })
  .meta({ title: 'duration' })
  .transform((written, context): Duration => {
    const parsed = parseDuration(written)
    if (parsed !== null) return parsed
    const params = { suggestion: meantDuration(written) }
    context.addIssue({ code: 'custom', message: `must be ${DURATION_ALLOWED}`, input: written, params })
    return z.NEVER
  })

/** What a check run, a workflow run or a commit status can conclude. */
const CONCLUSIONS = [
  'success',
  'neutral',
  'skipped',
  'failure',
  'cancelled',
  'timed_out',
  'action_required',
  'stale',
  'startup_failure',
  'error',
] as const

/** One conclusion or several; a misspelt one would keep its gate shut for ever. */
export const conclusions = oneOrMore(z.enum(CONCLUSIONS), 'conclusion').transform((all): readonly string[] => all)

/** How many people; at least one, because nothing is allowed by nobody. */
export const count = z.int({ error: 'must be a whole number, 1 or more' }).min(1, 'must be 1 or more')

const checkedBy = (problemOf: (written: string) => string | null) =>
  text.superRefine((written, context) => {
    const problem = written === '' ? null : problemOf(written)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem, input: written })
  })

export const glob = checkedBy(globProblem).meta({ title: 'glob' })
/** Globs, anchored: `*` (not `/`), `**`, `?`, `{a,b}`, `[abc]`; no negation. */
export const globs = oneOrMore(glob, 'glob')

export const pattern = checkedBy(patternProblem).meta({ title: 'pattern' })
/** RE2 patterns. */
export const patterns = oneOrMore(pattern, 'RE2 pattern')

export const ROLES = ['read', 'triage', 'write', 'maintain', 'admin'] as const
export const TIERS = ['development', 'testing', 'staging', 'production', 'other'] as const

const id = z.int({ error: 'must be a numeric id' }).min(1, 'must be 1 or more')
export const pinnedTeam = z.strictObject({ team: text, id: id.optional() })
export const pinnedUser = z.strictObject({ user: text, id: id.optional() })

/** A group as a policy writes it, in `groups` or in place of a name: the union of its parts, of which there is one. */
export const inlineGroup = z
  .strictObject({
    teams: oneOrMore(z.union([text, pinnedTeam]), 'team').optional(),
    users: oneOrMore(z.union([text, pinnedUser]), 'user').optional(),
    roles: oneOrMore(z.enum(ROLES), 'role').optional(),
    organizations: oneOrMore(text, 'organization').optional(),
    inherited: z.boolean({ error: 'must be true or false' }).optional(),
  })
  .refine((group) => group.teams ?? group.users ?? group.roles ?? group.organizations, {
    error: 'must name at least one of teams, users, roles, organizations',
  })

export type InlineGroup = z.output<typeof inlineGroup>

/** A group's name (or a team's slug), a list of them, or an inline group. */
export const peopleReference = z.union([text, z.array(text).min(1, 'must name at least one group'), inlineGroup], {
  error: 'must be a group, a list of groups, or an inline group with teams, users, roles or organizations',
})
export type PeopleReference = z.output<typeof peopleReference>

/**
 * Who: validated as a {@link PeopleReference}, which composition replaces by the {@link Group} it names before the rule
 * sees it. Rules list such parameters in `groups`.
 */
export const people = peopleReference as unknown as z.ZodType<Group, PeopleReference>

/** `true` or `false`, with a message that says so. */
export const flag = z.boolean({ error: 'must be true or false' })
