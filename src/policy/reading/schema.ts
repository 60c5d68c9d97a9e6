import { z } from 'zod'
import { protectionSchema } from './branch-section.js'
import { freezeSchema } from '../time/freezes.js'
import { bindingSchema, modeSchema } from './organisation-keys.js'
import { duration, flag, inlineGroup, TIERS } from '../parameters.js'
import { bypassSchema, overrideSchema } from './release-section.js'
import type { AnyRule } from '../rule.js'
import { RULES } from '../rules/index.js'
import type { GateKind, Json } from '../verdict.js'

type Schema = { readonly [key: string]: Json }

/**
 * The JSON Schema (draft 7, which editors' YAML servers know) of a policy file, made of the same schemas that judge it.
 * It is for completing and checking while one writes: what depends on names and on the other file, only `lint` tells.
 */
export const policyJsonSchema = (): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Release Gates policy',
  description: 'Who may release what, when, and on what evidence.',
  ...closed(
    {
      version: { const: 1 },
      groups: { type: 'object', description: 'Names for people.', additionalProperties: json(inlineGroup) },
      policy: described(list('policy'), 'Who may change this file, scenario files and workflows.'),
      branches: { type: 'object', description: 'Names, globs or ~default.', additionalProperties: branch() },
      environments: {
        type: 'object',
        description: 'Exact names.',
        additionalProperties: release({ tier: { enum: TIERS } }),
      },
      tiers: { ...closed(Object.fromEntries(TIERS.map((tier) => [tier, release({})]))), description: 'Gates by tier.' },
      freezes: { type: 'array', description: 'When nothing goes.', items: json(freezeSchema) },
      repositories: described(json(bindingSchema), "The organisation's file only: which repositories it binds."),
      locked: described(locks(['merge', 'policy', 'push', 'release']), "The organisation's file only."),
      mode: described(json(modeSchema), "The organisation's file only."),
    },
    ['version'],
  ),
  definitions: { ...ruleDefinitions(), ...listDefinitions() },
})

const ruleDefinitions = (): Schema =>
  Object.fromEntries(
    [...RULES.values()].map(({ name, about, params }) => [`rule-${name}`, described(json(params), about)]),
  )

const listDefinitions = (): Schema =>
  Object.fromEntries(
    KINDS.flatMap((kind): readonly (readonly [string, Schema])[] => [
      [`${kind}-list`, entryList(`${kind}-entry`)],
      [`${kind}-entry`, entry(kind)],
      [`${kind}-conditions`, entryList(`${kind}-condition`)],
      [`${kind}-condition`, condition(kind)],
    ]),
  )

const KINDS = ['merge', 'policy', 'push', 'release'] as const satisfies readonly GateKind[]

const json = (schema: z.ZodType): Schema => {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  }) as Schema
  return made
}

const closed = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
})

const described = (schema: Schema, description: string): Schema => ({ allOf: [schema], description })

const definition = (name: string): Schema => ({ $ref: `#/definitions/${name}` })

const list = (kind: GateKind): Schema => definition(`${kind}-list`)

const locks = (kinds: readonly GateKind[]): Schema => ({ type: 'array', items: { enum: kinds }, minItems: 1 })

const branch = (): Schema =>
  closed({
    protection: json(protectionSchema),
    merge: list('merge'),
    push: list('push'),
    distinct: json(flag),
    locked: locks(['merge', 'push']),
  })

const release = (more: Schema): Schema =>
  closed({
    ...more,
    release: list('release'),
    rollback: closed({ within: json(duration), rules: list('release') }, ['rules']),
    override: json(overrideSchema),
    bypass: json(bypassSchema),
    distinct: json(flag),
    locked: locks(['release']),
  })

const entryList = (items: string): Schema => ({ type: 'array', minItems: 1, items: definition(items) })

const rulesOf = (kind: GateKind): readonly AnyRule[] => [...RULES.values()].filter(({ gates }) => gates.includes(kind))

const ruleEntry = ({ name }: AnyRule): Schema => closed({ [name]: definition(`rule-${name}`) }, [name])

const entry = (kind: GateKind): Schema => ({
  oneOf: [
    ...rulesOf(kind).map(ruleEntry),
    closed({ all: list(kind) }, ['all']),
    closed({ any: list(kind) }, ['any']),
    closed({ not: definition(`${kind}-condition`) }, ['not']),
    closed({ when: definition(`${kind}-conditions`), require: list(kind) }, ['when', 'require']),
  ],
})

const condition = (kind: GateKind): Schema => ({
  oneOf: [
    ...rulesOf(kind)
      .filter(({ predicate }) => predicate)
      .map(ruleEntry),
    closed({ all: definition(`${kind}-conditions`) }, ['all']),
    closed({ any: definition(`${kind}-conditions`) }, ['any']),
    closed({ not: definition(`${kind}-condition`) }, ['not']),
  ],
})
