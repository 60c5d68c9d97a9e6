import type { z } from 'zod'
import type { Fact, Facts, Instant, Question } from './facts.js'
import type { Gate, Group } from './gate.js'
import type { Code, Finding, GateKind, Values, WhoMayAct } from './verdict.js'

/** A question, or several whose answers are joined into one value (a group's members out of teams, users and roles). */
export interface Asked<Answer> {
  readonly questions: readonly Question[]
  /** Asked too, but may stay unknown; an unknown one must never help to allow. */
  readonly maybe?: readonly Question[]
  /** Called only when every one of `questions` was answered; gets the facts of `maybe` in their order. */
  readonly join: (answers: readonly unknown[], maybe: readonly Fact[]) => Answer
}
export type Ask<Answer = unknown> = Question<Answer> | Asked<Answer>
export type Asks = Readonly<Record<string, Ask>>
export type Answers<A extends Asks> = { readonly [Key in keyof A]: A[Key] extends Ask<infer Answer> ? Answer : never }

/** What a rule may know besides its answers and parameters. */
export interface RuleContext {
  readonly now: Instant
  readonly gate: Gate
  /** All facts, for rules that must look at an optional one (`factFor`): an unknown one must never help to allow. */
  readonly facts: Facts
  /** The rule stands inside `when` or `not`, where nothing is waited for. */
  readonly predicate: boolean
}

/** A rule's outcome before `decide` adds name, layer and place. */
export interface Found {
  readonly outcome: 'allow' | 'wait' | 'deny' | 'undecided'
  readonly code?: Code
  readonly also?: readonly Code[]
  readonly values: Values
  readonly who?: WhoMayAct
  readonly lookAgainAt?: Instant
  readonly name?: string
  readonly children?: readonly Finding[]
}

/**
 * A rule: a pure check with parameters, over named facts. If any asked fact is unknown, `decide` finds `undecided`
 * (`fact_unknown` or `renamed`) without calling `check`.
 */
export interface Rule<Params, A extends Asks> {
  readonly name: string
  /** One sentence, for the generated reference. */
  readonly about: string
  readonly gates: readonly GateKind[]
  /** May stand in `when` and `not`: never finds `wait` there. */
  readonly predicate: boolean
  /** Parsed parameters; names of groups become {@link Group}s when the file is composed (see `groups`). */
  readonly params: z.ZodType<Params>
  /** Parameters that name people; composition replaces what stands there by a resolved {@link Group}. */
  readonly groups?: readonly string[]
  readonly asks: (params: Params, gate: Gate) => A
  readonly check: (answers: Answers<A>, params: Params, context: RuleContext) => Found
}

/** A rule whose parameters and questions have been forgotten by the type system; `document.ts` has validated them. */
export interface AnyRule {
  readonly name: string
  readonly about: string
  readonly gates: readonly GateKind[]
  readonly predicate: boolean
  readonly params: z.ZodType
  readonly groups?: readonly string[]
  readonly asks: (params: never, gate: Gate) => Asks
  readonly check: (answers: never, params: never, context: RuleContext) => Found
}

/** Infers a rule's parameter and question types from its parts. */
export const defineRule = <Params, A extends Asks>(rule: Rule<Params, A>): Rule<Params, A> => rule

const NOTHING: Values = {}

/** Most of what is found allows, so this is the path that has to be short. */
export const allow = (values: Values = NOTHING, more?: Partial<Found>): Found =>
  more === undefined ? { outcome: 'allow', values } : { outcome: 'allow', values, ...more }
export const wait = (code: Code, values: Values = {}, more: Partial<Found> = {}): Found => ({
  outcome: 'wait',
  code,
  values,
  ...more,
})
export const deny = (code: Code, values: Values = {}, more: Partial<Found> = {}): Found => ({
  outcome: 'deny',
  code,
  values,
  ...more,
})
export const undecided = (code: Code, values: Values = {}, more: Partial<Found> = {}): Found => ({
  outcome: 'undecided',
  code,
  values,
  ...more,
})

export type ResolvedPeople = Group
