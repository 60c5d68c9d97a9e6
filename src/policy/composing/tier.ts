import type { Tier } from '../gate.js'
import { canonical } from '../reading/names.js'
import { TIERS } from '../parameters.js'

/** From the least to the most critical; `other` is as critical as production, for nobody knows what it is. */

const RANK: Readonly<Record<Tier, number>> = { development: 0, testing: 1, staging: 2, production: 3, other: 3 }

/** GitLab's patterns, in GitLab's order; the first that is found anywhere in the name decides. */
const INFERRED: readonly (readonly [RegExp, Tier])[] = [
  [/dev|review|trunk/, 'development'],
  [/test|tst|int|ac(?:ce|)pt|qa|qc|control|quality/, 'testing'],
  [/st(?:a|)g|mod(?:e|)l|pre|demo|non/, 'staging'],
  [/pr(?:o|)d|live/, 'production'],
]

const PRODUCTION_WORDS: ReadonlySet<string> = new Set(['prod', 'prd', 'production', 'live'])
const DENIALS: ReadonlySet<string> = new Set(['non', 'pre'])

/**
 * The tier that an environment's name suggests. Unlike GitLab, a name in which production stands as a word of its own
 * (`mint-production`, not `pre-prod`) is production whatever else it holds.
 */
export const inferTier = (environment: string): Tier => {
  if (namesProduction(environment)) return 'production'
  const name = canonical(environment)
  return INFERRED.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
}

const namesProduction = (environment: string): boolean => {
  const apart = environment.normalize('NFKC').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
  const words = canonical(apart).split(/[^\p{L}]+/u)
  return words.some((word, index) => PRODUCTION_WORDS.has(word) && !DENIALS.has(words[index - 1] ?? ''))
}

/** Whether the first tier is less critical than the second. */
export const isLower = (a: Tier, b: Tier): boolean => RANK[a] < RANK[b]

/** The more critical of two; of production and other: production, whose rules are the ones that were written for it. */
export const stricterTier = (a: Tier, b: Tier): Tier => {
  if (RANK[a] === RANK[b]) return a === 'production' || b === 'production' ? 'production' : a
  return RANK[a] > RANK[b] ? a : b
}

/** Tiers from the first up to the second in criticality, the second first: where to look for a gate that binds both. */
export const tiersBetween = (low: Tier, high: Tier): readonly Tier[] => {
  const within = TIERS.filter((tier) => RANK[tier] >= RANK[low] && RANK[tier] <= RANK[high])
  return [high, ...[...within].sort((a, b) => RANK[b] - RANK[a]).filter((tier) => tier !== high)]
}
