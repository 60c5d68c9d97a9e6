import { z } from 'zod'
import { ask, type CheckResult } from '../facts.js'
import type { Group } from '../gate.js'
import { conclusions, flag, people, text } from '../parameters.js'
import { membersOfAny, type Members } from '../people.js'
import { allow, defineRule, wait, type Asked, type Found } from '../rule.js'
import { sameName } from '../reading/names.js'
import type { Code } from '../verdict.js'

/** Whose check run a bare name means. */
const ACTIONS = 'github-actions'
const RUNNING = 'running'

const detailed = z
  .strictObject({
    name: text,
    app: text.optional(),
    workflow: text.optional(),
    conclusions: conclusions.prefault(['success']),
    status: flag.prefault(false),
    by: people.optional(),
  })
  .refine(({ status, by }) => !status || by !== undefined, {
    error: 'must have by: a commit status counts only from people named',
    path: ['by'],
  })
  .refine(({ status, by }) => status || by === undefined, {
    error: 'must have status: true beside by',
    path: ['status'],
  })

export interface Wanted {
  readonly name: string
  readonly app?: string | undefined
  readonly workflow?: string | undefined
  readonly conclusions: readonly string[]
  readonly status: boolean
  readonly by?: Group | undefined
}

const bare = text.transform((name): Wanted => ({ name, conclusions: ['success'], status: false }))
const one = z.union([bare, detailed], { error: 'must be the name of a check, or a map with a name' })
const params = z.array(one, { error: 'must be a list of checks' }).min(1, 'must name at least one check')

/** Worst first: what a person has to look at before anything else. */
const WORST: readonly Code[] = ['check_failed', 'check_untrusted', 'check_missing', 'check_running']

interface Looked {
  readonly name: string
  readonly code: Code | null
  readonly conclusions: readonly string[]
}

/** Slugs are compared case-blind. */
const isApp = (app: string | null, slug: string): boolean => app !== null && sameName(app, slug)

const isTrusted = (result: CheckResult, wanted: Wanted, members: Members | null): boolean => {
  if (wanted.workflow !== undefined && result.workflow !== wanted.workflow) return false
  if (!wanted.status) return result.kind === 'run' && isApp(result.app, wanted.app ?? ACTIONS)
  const byApp = wanted.app === undefined || isApp(result.app, wanted.app)
  return result.kind === 'status' && byApp && result.by !== null && members?.ids.has(result.by.id) === true
}

/** Every suite's newest result counts: a green one beside a red one of the same name hides nothing. */
const look = (wanted: Wanted, results: readonly CheckResult[], members: Members | null): Looked => {
  const named = results.filter(({ name }) => name === wanted.name)
  const trusted = named.filter((result) => isTrusted(result, wanted, members))
  const conclusions = trusted.map(({ conclusion }) => conclusion)
  const code = codeOf(wanted, named, conclusions)
  return { name: wanted.name, code, conclusions: code === null ? conclusions : [...new Set(conclusions)].sort() }
}

const codeOf = (wanted: Wanted, named: readonly CheckResult[], conclusions: readonly string[]): Code | null => {
  if (conclusions.length === 0) return named.length === 0 ? 'check_missing' : 'check_untrusted'
  if (conclusions.every((conclusion) => wanted.conclusions.includes(conclusion))) return null
  const open = conclusions.filter((conclusion) => !wanted.conclusions.includes(conclusion))
  return open.every((conclusion) => conclusion === RUNNING) ? 'check_running' : 'check_failed'
}

const NOBODY: Asked<readonly (Members | null)[]> = { questions: [], join: () => [] }

const reporters = (wanted: readonly Wanted[]): Asked<readonly (Members | null)[]> => {
  if (wanted.every(({ by }) => by === undefined)) return NOBODY
  const groups = wanted.map(({ by }) => membersOfAny(by))
  const starts = groups.map((_, index) =>
    groups.slice(0, index).reduce((sum, { questions }) => sum + questions.length, 0),
  )
  return {
    questions: groups.flatMap(({ questions }) => questions),
    join: (answers) =>
      groups.map(({ questions, join }, index) => {
        const start = starts[index] ?? 0
        return join(answers.slice(start, start + questions.length), [])
      }),
  }
}

const unmet = (looked: readonly Looked[]): Found => {
  const open = looked.flatMap(({ name, code, conclusions }) => (code === null ? [] : [{ name, code, conclusions }]))
  const [code = 'check_missing', ...also] = WORST.filter((each) => open.some((one_) => one_.code === each))
  return wait(code, { open, met: looked.filter((each) => each.code === null).map(({ name }) => name) }, { also })
}

/** On exactly this SHA, every one of these checks concluded as asked, reported by whom the policy trusts. */
export const checks = defineRule({
  name: 'checks',
  about:
    'Each check concluded as asked on exactly this commit, in every suite, reported by the app that is trusted for it.',
  gates: ['merge', 'policy', 'push', 'release'],
  predicate: false,
  params,
  groups: ['*.by'],
  asks: (given: readonly Wanted[]) => ({ results: ask.checks, reporters: reporters(given) }),
  check({ results, reporters: members }, given: readonly Wanted[]) {
    const looked = given.map((wanted, index) => look(wanted, results, members[index] ?? null))
    if (looked.every(({ code }) => code === null)) return allow({ checks: looked.map(({ name }) => name) })
    return unmet(looked)
  },
})
