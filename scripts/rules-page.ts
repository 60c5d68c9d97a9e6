import { z } from 'zod'
import type { AnyRule } from '../src/policy/rule.js'
import { RULES } from '../src/policy/rules/index.js'

interface JsonSchema {
  readonly type?: string
  /** What kind of text it is. */
  readonly title?: string
  readonly const?: string | number | boolean
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly default?: unknown
}

/** `docs/rules.md`: every rule with its gates and parameters, as the code has them. */
export const rulesPage = (): string => `# Rules

Generated from the code by \`npm run docs\`; [policy-file.md](policy-file.md) explains how rules work together.

A *predicate* may stand inside \`when\` and \`not\`; every other rule is a *requirement*. *People* are a group's name, a team's slug, a list of these, or an inline group. A *duration* is written \`90s\`, \`30m\`, \`24h\` or \`7d\`; a *glob* is \`*\`, \`**\`, \`?\`, \`{a,b}\`, \`[abc]\` and must fit the whole value; a *pattern* is a regular expression of the RE2 kind.

| rule | gates | predicate | about |
|---|---|---|---|
${[...RULES.values()].map(row).join('\n')}
${[...RULES.values()].map(section).join('')}`

const gatesOf = ({ gates }: AnyRule): string => gates.filter((gate) => gate !== 'policy').join(', ')

const cell = (text: string): string => text.replaceAll('|', '\\|')

const row = (rule: AnyRule): string =>
  `| [\`${rule.name}\`](#${rule.name}) | ${gatesOf(rule)} | ${rule.predicate ? 'yes' : ''} | ${cell(rule.about)} |`

const section = (rule: AnyRule): string => {
  const schema = z.toJSONSchema(rule.params, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return `
## ${rule.name}

${rule.about} Gates: ${gatesOf(rule)}.

${parametersOf(schema, rule.groups ?? [])}
`
}

const parametersOf = (schema: JsonSchema, people: readonly string[]): string => {
  const maps = branches(schema).filter(({ properties }) => properties !== undefined)
  const plain = branches(schema).filter(({ properties }) => properties === undefined)
  const written = plain.map((each) => `- written as ${typeOf(each)}`)
  const keys = maps.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(
      ([key, value]) =>
        `- \`${key}\`: ${people.includes(key) ? 'people' : typeOf(value)}${dutyOf(key, value, required)}`,
    ),
  )
  const all = [...written, ...keys]
  return all.length === 0 ? `No parameters: \`{}\`.` : all.join('\n')
}

const dutyOf = (key: string, value: JsonSchema, required: readonly string[]): string => {
  if (value.default !== undefined) return `, by default \`${JSON.stringify(value.default)}\``
  return required.includes(key) ? ', required' : ''
}

const branches = (schema: JsonSchema): readonly JsonSchema[] =>
  [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].length === 0
    ? [schema]
    : [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(branches)

const typeOf = (schema: JsonSchema): string => {
  const all = branches(schema)
  return all.length > 1 ? [...new Set(all.map(typeOf))].join(' or ') : oneType(schema)
}

const oneType = (schema: JsonSchema): string => {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(' or ')
  if (schema.type === 'array') return schema.items === undefined ? 'a list' : `a list of ${typeOf(schema.items)}`
  if (schema.properties !== undefined) return `{ ${Object.keys(schema.properties).join(', ')} }`
  switch (schema.type) {
    case 'string':
      return schema.title ?? 'text'
    case 'boolean':
      return 'true or false'
    case 'integer':
    case 'number':
      return 'number'
    case undefined:
    default:
      return schema.type ?? 'any'
  }
}
