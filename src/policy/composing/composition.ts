import { builtInPolicy } from './built-in.js'
import { eventsOpenBelow } from './events.js'
import { freezesCovering } from './freeze-cover.js'
import type { Entry, Gate, Layer, ProtectionTerms, Tier } from '../gate.js'
import type { Groups, Scope } from './groups.js'
import { plainLayer, releaseLayer, resolveProtection, type Resolving } from './layers.js'
import { sameName } from '../reading/names.js'
import { binds } from '../reading/organisation-keys.js'
import { fitsGlob } from '../patterns.js'
import type { BranchSection, EnvironmentSection, PolicyDocument, ReleaseSection } from '../reading/policy-document.js'
import { joinProtection } from './protection-terms.js'
import { EVENTS } from '../rules/event.js'
import { RULES } from '../rules/index.js'
import { inferTier, isLower, stricterTier, tiersBetween } from './tier.js'
import type { GateKind, LayerName } from '../verdict.js'

/** The repository that gates are composed for. */
export interface PlaceOfGate {
  /** `owner/name` */
  readonly repository: string
  readonly defaultBranch: string
}

/** The files that govern one repository; `null` where there is none, or where the organisation's does not bind it. */
export interface Files {
  readonly organisation: PolicyDocument | null
  readonly repository: PolicyDocument | null
  readonly at: PlaceOfGate
}

/** Keeps of the organisation's file only what binds; without any file the built-in one stands in the organisation's place. */
export const filesFor = (
  organisation: PolicyDocument | null,
  repository: PolicyDocument | null,
  at: PlaceOfGate,
): Files => ({
  organisation: organisation !== null && binds(organisation, at.repository) ? organisation : null,
  repository,
  at,
})

const NO_GROUPS: Groups = new Map()
const ADDED = { file: 'built-in', line: 1, column: 1 } as const

/** Where each file's names are looked up: a repository's groups are invisible to the organisation's layers. */
const resolving = ({
  organisation,
  repository,
  at,
}: Files): { readonly organisation: Resolving; readonly repository: Resolving } => {
  const above = organisation?.groups ?? NO_GROUPS
  const scope = (own: Scope): Resolving => ({ scope: own, defaultBranch: at.defaultBranch })
  return { organisation: scope([above]), repository: scope([repository?.groups ?? NO_GROUPS, above]) }
}

/** Every branch key that matches, of one file. */
export const branchesOf = (
  file: PolicyDocument | null,
  branch: string,
  { defaultBranch }: PlaceOfGate,
): readonly BranchSection[] => (file?.branches ?? []).filter(({ key }) => keyMatches(key, branch, defaultBranch))

/** Whether a key of `branches` is about a branch. @throws {PatternProblem} for a key that is no glob. */
export const keyMatches = (key: string, branch: string, defaultBranch: string): boolean =>
  key === '~default' ? branch === defaultBranch : fitsGlob([key], branch)

/** The merge or push gate of a branch, or `null` where no layer has one. */
export const branchGate = (files: Files, kind: 'merge' | 'push', branch: string): Gate | null => {
  const names = resolving(files)
  const layer = (name: LayerName, sections: readonly BranchSection[], by: Resolving): readonly Layer[] => {
    const entries = sections.flatMap((section) => section[kind] ?? [])
    return entries.length === 0 ? [] : [plainLayer(name, entries, by)]
  }
  const above = branchesOf(files.organisation, branch, files.at)
  const own = branchesOf(files.repository, branch, files.at)
  const layers = [
    ...layer(files.organisation?.origin === 'built-in' ? 'built-in' : 'organisation branch', above, names.organisation),
    ...layer('repository branch', own, names.repository),
  ]
  if (layers.length === 0) return null
  const distinct = kind === 'merge' && [...above, ...own].some((section) => section.distinct)
  return {
    ...emptyGate(files, kind, branch),
    layers,
    distinct,
    freezes: kind === 'merge' ? freezesCovering(files, { kind: 'merge' }) : [],
  }
}

/** The gate that guards the policy itself on its way into a branch, or `null` where no file has `policy`. */
export const policyGate = (files: Files, branch: string): Gate | null => {
  const names = resolving(files)
  const { organisation, repository } = files
  const layers = [
    ...(organisation?.policy
      ? [plainLayer('organisation policy', organisation.policy.entries, names.organisation)]
      : []),
    ...(repository?.policy ? [plainLayer('repository policy', repository.policy.entries, names.repository)] : []),
  ]
  return layers.length === 0 ? null : { ...emptyGate(files, 'policy', branch), layers }
}

/** The sections of a file that speak about an environment. */
export interface ReleaseSections {
  readonly tier: readonly ReleaseSection[]
  readonly environment: EnvironmentSection | null
}

export const environmentOf = (file: PolicyDocument | null, environment: string): EnvironmentSection | null =>
  file?.environments.find(({ name }) => sameName(name, environment)) ?? null

/** An environment's tier, and whether the repository's file states a lower one than it may. */
export interface TierFound {
  readonly tier: Tier
  /** What it is before the repository's file is asked. */
  readonly base: Tier
  readonly lowered: boolean
}

/** The organisation's word or the name's, then the stricter of that and the repository's; unbound, the repository's own. */
export const tierOf = ({ organisation, repository }: Files, environment: string): TierFound => {
  const base = environmentOf(organisation, environment)?.tier ?? inferTier(environment)
  const stated = environmentOf(repository, environment)?.tier ?? null
  if (stated === null) return { tier: base, base, lowered: false }
  if (organisation === null) return { tier: stated, base: stated, lowered: false }
  return { tier: stricterTier(base, stated), base, lowered: isLower(stated, base) }
}

/**
 * The organisation's tier section for an environment. A repository that raises its tier leaves the gate of the lower one
 * only for a gate of a higher one: else the raise would open what was shut.
 */
const organisationTier = (file: PolicyDocument | null, { tier, base }: TierFound): ReleaseSection | null => {
  const tiers = tier === base ? [tier] : tiersBetween(base, tier)
  const sections = tiers.flatMap((each) => file?.tiers.find((section) => section.tier === each) ?? [])
  return sections.find(({ release }) => release !== null) ?? sections[0] ?? null
}

/** The sections of each layer that speak about an environment, in the layers' order. */
export const releaseSections = (
  files: Files,
  environment: string,
): readonly (readonly [LayerName, ReleaseSection])[] => {
  const found = tierOf(files, environment)
  const { organisation, repository } = files
  const tier = repository?.tiers.find((section) => section.tier === found.tier) ?? null
  const all: readonly (readonly [LayerName, ReleaseSection | null])[] = [
    [organisation?.origin === 'built-in' ? 'built-in' : 'organisation tier', organisationTier(organisation, found)],
    ['organisation environment', environmentOf(organisation, environment)],
    ['repository tier', tier],
    ['repository environment', environmentOf(repository, environment)],
  ]
  return all.flatMap(([name, section]) => (section === null ? [] : [[name, section] as const]))
}

/** The release gate of an environment; without entries where nothing names it, which is for `decide` to refuse. */
export const releaseGate = (files: Files, environment: string): Gate => {
  const names = resolving(files)
  const sections = releaseSections(files, environment)
  const above = sections.filter(([name]) => name.startsWith('organisation')).map(([, section]) => section)
  const below = files.organisation === null ? EVENTS : eventsOpenBelow(above)
  const layers = sections.map(([name, section]) =>
    name.startsWith('repository')
      ? releaseLayer(name, section, names.repository, below)
      : releaseLayer(name, section, names.organisation, EVENTS),
  )
  const { tier } = tierOf(files, environment)
  return {
    ...emptyGate(files, 'release', environment),
    tier,
    layers,
    added: addedTo(layers.flatMap(({ entries }) => entries)),
    addedOnRollback: addedTo(layers.flatMap(({ entries, rollback }) => rollback?.entries ?? entries)),
    freezes: freezesCovering(files, { kind: 'release', environment, tier }),
    distinct: sections.some(([, section]) => section.distinct),
  }
}

/** The default `event` rule, where no entry at the top names events. */
const addedTo = (entries: readonly Entry[]): readonly Entry[] => {
  const event = RULES.get('event')
  const named = entries.some((entry) => entry.kind === 'rule' && entry.rule.name === 'event')
  return event === undefined || named
    ? []
    : [{ kind: 'rule', rule: event, params: event.params.parse({}), place: ADDED }]
}

/** A gate that has nothing but its name, its protection and its mode. */
export const emptyGate = (files: Files, kind: GateKind, name: string): Gate => ({
  kind,
  name,
  tier: null,
  layers: [],
  added: [],
  freezes: [],
  distinct: false,
  protectionOf: protectionFrom(files),
  problem: null,
  mode: files.organisation?.mode ?? 'enforce',
})

const protectionFrom = (files: Files): Gate['protectionOf'] => {
  const names = resolving(files)
  const known = new Map<string, ProtectionTerms>()
  const terms = (file: PolicyDocument | null, { scope }: Resolving, branch: string) =>
    branchesOf(file, branch, files.at).flatMap(({ protection }) =>
      protection === null ? [] : [resolveProtection(protection, scope)],
    )
  return (branch) => {
    const found = known.get(branch)
    if (found !== undefined) return found
    const joined = joinProtection([
      ...terms(files.organisation, names.organisation, branch),
      ...terms(files.repository, names.repository, branch),
    ])
    if (known.size >= 200) known.clear()
    known.set(branch, joined)
    return joined
  }
}

/** The files of a repository without any: the built-in policy in the organisation's place. */
export const builtInFiles = (at: PlaceOfGate): Files => ({ organisation: builtInPolicy(), repository: null, at })
