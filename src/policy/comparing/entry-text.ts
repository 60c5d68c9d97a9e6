import { isGroup, ruleText } from './rules.js'
import { listOf } from '../words/text.js'
import type { Entry } from '../gate.js'

/** An entry in a few words. */
export const entryText = (entry: Entry): string => {
  switch (entry.kind) {
    case 'rule':
      return ruleText(entry.rule.name, entry.params)
    case 'all':
      return entriesText(entry.entries)
    case 'any':
      return entriesText(entry.entries, 'or')
    case 'not':
      return `not ${entryText(entry.entry)}`
    case 'when':
      return `${entriesText(entry.require)} where ${entriesText(entry.conditions)}`
  }
}

export const entriesText = (entries: readonly Entry[], and = 'and'): string => listOf(entries.map(entryText), and)

/** Two entries with one signature ask the same, wherever they stand and however their groups are called. */
export const signatureOf = (entry: Entry): string => JSON.stringify(formOf(entry))

const formOf = (entry: Entry): unknown => {
  switch (entry.kind) {
    case 'rule':
      return [entry.rule.name, entry.rule.name === 'approval' ? unnamed(entry.params) : plain(entry.params)]
    case 'all':
    case 'any':
      return [entry.kind, entry.entries.map(formOf)]
    case 'not':
      return ['not', formOf(entry.entry)]
    case 'when':
      return ['when', entry.conditions.map(formOf), entry.require.map(formOf)]
  }
}

/** An approval's `name` is what it is called, not what it asks. */
const unnamed = (params: unknown): unknown => {
  const { name: _name, ...rest } = params as { readonly name?: string }
  return plain(rest)
}

const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if (isGroup(value)) return value.key
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, plain(each)]),
  )
}
