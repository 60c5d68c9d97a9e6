import type { Style } from './text.js'
import type { Json, Values } from '../verdict.js'

/** Reads what a rule found, whatever a stored verdict of an older version may lack. */
export interface Read {
  readonly text: (key: string) => string
  readonly number: (key: string) => number | null
  readonly texts: (key: string) => readonly string[]
  readonly maps: (key: string) => readonly Values[]
  readonly is: (key: string) => boolean
}

export const readValues = (values: Values): Read => ({
  text: (key) => textOf(values[key]),
  number: (key) => {
    const value = values[key]
    return typeof value === 'number' ? value : null
  },
  texts: (key) => itemsOf(values[key]).map(textOf),
  maps: (key) => itemsOf(values[key]).filter(isMap),
  is: (key) => values[key] === true,
})

const itemsOf = (value: Json | undefined): readonly Json[] => {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? (value as readonly Json[]) : [value]
}

const isMap = (value: Json): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

export const textOf = (value: Json | undefined): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Several values, each shown as such; what a rule says of the rest of a long list (`and 7 more`) stays words. */
export const valuesIn = (texts: readonly string[], show: Style['value']): string =>
  texts.map((text) => (/^and \d+ more$/.test(text) ? text : show(text))).join(', ')
