import { z } from 'zod'
import type { EntryContext } from './entries.js'
import { fit } from './fit.js'
import { canonical } from './names.js'
import { TIERS } from '../parameters.js'
import type { EnvironmentSection, TierSection } from './policy-document.js'
import { readRelease, RELEASE_KEYS } from './release-section.js'
import { asMap, knownPairs, placeOf } from './sections.js'
import { nearMiss } from './suggest.js'
import type { Node, Pair } from './yaml.js'

type Context = Omit<EntryContext, 'kind' | 'predicates'>

/** `environments`: exact names, compared case-blind after NFKC; two that become equal are an error. */
export const readEnvironments = (
  node: Node | undefined,
  context: Context,
  mayLock: boolean,
): readonly EnvironmentSection[] => {
  const { report } = context
  const seen = new Map<string, Pair>()
  const map = node === undefined ? null : asMap(node, '`environments`', report)
  return (map?.pairs ?? []).flatMap((pair) => {
    const twin = seen.get(canonical(pair.key))
    seen.set(canonical(pair.key), twin ?? pair)
    if (twin !== undefined) {
      const message = `The environment \`${pair.key}\` is the same name as \`${twin.key}\` in line ${twin.keySpan.line}.`
      report.error(pair.keySpan, message, { value: pair.key })
    }
    return readEnvironment(pair, context, mayLock) ?? []
  })
}

const readEnvironment = (
  { key, keySpan, value }: Pair,
  context: Context,
  mayLock: boolean,
): EnvironmentSection | null => {
  const { report } = context
  const map = asMap(value, `\`${key}\``, report)
  if (map === null) return null
  const values = knownPairs(map, ['tier', ...keysOf(mayLock)], 'for an environment', report)
  const tier = values.get('tier')
  return {
    ...readRelease(values, keySpan, context),
    name: key,
    tier: tier === undefined ? null : (fit(z.enum(TIERS), tier, '`tier`', report) ?? null),
    tierPlace: tier === undefined ? null : placeOf(report, tier.span),
  }
}

/** `tiers`: gates for every environment of a tier, whatever its name. */
export const readTiers = (node: Node | undefined, context: Context, mayLock: boolean): readonly TierSection[] => {
  const { report } = context
  const map = node === undefined ? null : asMap(node, '`tiers`', report)
  return (map?.pairs ?? []).flatMap(({ key, keySpan, value }) => {
    const tier = TIERS.find((each) => each === key)
    if (tier === undefined)
      report.error(keySpan, `\`${key}\` is no tier.`, { value: key, allowed: TIERS, suggestion: nearMiss(key, TIERS) })
    const section = asMap(value, `\`${key}\``, report)
    if (section === null || tier === undefined) return []
    const values = knownPairs(section, keysOf(mayLock), 'for a tier', report)
    return [{ ...readRelease(values, keySpan, context), tier }]
  })
}

const keysOf = (mayLock: boolean): readonly string[] => (mayLock ? [...RELEASE_KEYS, 'locked'] : RELEASE_KEYS)
