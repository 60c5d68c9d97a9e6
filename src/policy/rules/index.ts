import type { AnyRule } from '../rule.js'
import { draft } from './draft.js'

const all: readonly AnyRule[] = [draft]

/** Every rule that a policy can name, by its name. */
export const RULES: ReadonlyMap<string, AnyRule> = new Map(all.map((rule) => [rule.name, rule]))
