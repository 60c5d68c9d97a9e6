import type { Files } from './composition.js'
import type { Freeze, Tier } from '../gate.js'
import { canonical } from '../reading/names.js'
import { repositoryFits } from '../reading/organisation-keys.js'
import { fitsGlob } from '../patterns.js'
import type { FreezeSection, PolicyDocument } from '../reading/policy-document.js'
import type { LayerName } from '../verdict.js'

type Target =
  { readonly kind: 'merge' } | { readonly kind: 'release'; readonly environment: string; readonly tier: Tier }

/** The freezes of all files that can hold this gate, each in the layer that declares it. */
export const freezesCovering = ({ organisation, repository, at }: Files, target: Target): readonly Freeze[] => {
  const of = (file: PolicyDocument | null, layer: LayerName) =>
    (file?.freezes ?? [])
      .filter((freeze) => covers(freeze, target, at.repository))
      .map((freeze) => freezeOf(freeze, layer))
  return [...of(organisation, 'organisation freeze'), ...of(repository, 'repository freeze')]
}

const covers = ({ terms }: FreezeSection, target: Target, repository: string): boolean => {
  if ((terms.except.repositories ?? []).some((pattern) => repositoryFits(pattern, repository))) return false
  if (target.kind === 'merge') return terms.merge
  if (namesEnvironment(terms.except.environments ?? [], target.environment)) return false
  if (terms.tiers === undefined && terms.environments === undefined) return true
  return (
    (terms.tiers ?? []).some((tier) => coversTier(tier, target.tier)) ||
    namesEnvironment(terms.environments ?? [], target.environment)
  )
}

/** `production` covers `other`, for an environment that nobody classified may be production. */
const coversTier = (named: Tier, tier: Tier): boolean => named === tier || (named === 'production' && tier === 'other')

const namesEnvironment = (patterns: readonly string[], environment: string): boolean => {
  const name = canonical(environment)
  return patterns.some((pattern) => canonical(pattern) === name || fitsGlob([canonical(pattern)], name))
}

const freezeOf = ({ terms, place }: FreezeSection, layer: LayerName): Freeze => ({
  name: terms.name,
  layer,
  place,
  span: terms.span,
  timezone: terms.timezone,
  merge: terms.merge,
  exceptRollback: terms.except.rollback ?? false,
})
