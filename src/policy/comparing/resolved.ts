import type { ReleaseTerms } from './release.js'
import { isActive } from './entries.js'
import type { PlaceOfGate } from '../composing/composition.js'
import type { FreezeTerms } from '../time/freezes.js'
import type { Entry, Group, ProtectionTerms, Tier } from '../gate.js'
import { resolvePeople } from '../composing/groups.js'
import { plainLayer, releaseLayer, resolveProtection, type Resolving } from '../composing/layers.js'
import { canonical } from '../reading/names.js'
import type { BranchSection, PolicyDocument, ReleaseSection } from '../reading/policy-document.js'
import { joinProtection } from '../composing/protection-terms.js'

/** For which repository two files are compared, and what stands above them. */
export interface ComparedAt extends PlaceOfGate {
  /** The organisation's file, where a repository's files are compared and it has one. */
  readonly organisation: PolicyDocument | null
}

export interface ResolvedBranch {
  readonly merge: readonly Entry[] | null
  readonly push: readonly Entry[] | null
  readonly protection: ProtectionTerms | null
  readonly distinct: boolean
}

export interface ResolvedRelease extends ReleaseTerms {
  /** As the file writes it; a tier's for a tier. */
  readonly name: string
  /** What the file states; `null`: nothing. */
  readonly tier: Tier | null
}

/** A file with its names of people resolved, each part under the name by which another file's is found. */
export interface ResolvedFile {
  readonly policy: readonly Entry[] | null
  readonly branches: ReadonlyMap<string, ResolvedBranch>
  readonly tiers: ReadonlyMap<string, ResolvedRelease>
  readonly environments: ReadonlyMap<string, ResolvedRelease>
  readonly freezes: readonly FreezeTerms[]
  readonly groups: ReadonlyMap<string, Group>
  /** Kinds of gates that some list asks only under conditions, so that a further list may open them. */
  readonly shut: Readonly<Record<'merge' | 'push' | 'policy', boolean>>
}

/** No file says as much as one that says nothing. */
export const resolvedFile = (file: PolicyDocument | null, at: ComparedAt): ResolvedFile => {
  const resolving = resolvingOf(file, at)
  return {
    policy: file?.policy ? resolved(file.policy.entries, resolving) : null,
    branches: branchesOf(file, resolving),
    tiers: new Map(
      (file?.tiers ?? []).map((section) => [section.tier, releaseOf(section, section.tier, null, resolving)]),
    ),
    environments: new Map(
      (file?.environments ?? []).map((section) => [
        canonical(section.name),
        releaseOf(section, section.name, section.tier, resolving),
      ]),
    ),
    freezes: (file?.freezes ?? []).map(({ terms }) => terms),
    groups: new Map([...(file?.groups ?? [])].map(([key, { name }]) => [key, resolvePeople(name, resolving.scope)])),
    shut: shutIn([file, at.organisation]),
  }
}

/** In an organisation's file the default branch is another one in each repository, so it keeps its name. */
const resolvingOf = (file: PolicyDocument | null, { organisation, defaultBranch }: ComparedAt): Resolving => ({
  scope: [file?.groups ?? new Map(), organisation?.groups ?? new Map()],
  defaultBranch: file?.origin === 'organisation' ? '~default' : defaultBranch,
})

const resolved = (entries: readonly Entry[], resolving: Resolving): readonly Entry[] =>
  plainLayer('repository branch', entries, resolving).entries

/** Keys that are one branch are one section: all that match apply. */
const branchesOf = (file: PolicyDocument | null, resolving: Resolving): ReadonlyMap<string, ResolvedBranch> => {
  const byKey = new Map<string, BranchSection[]>()
  for (const section of file?.branches ?? []) {
    const key = section.key === '~default' ? resolving.defaultBranch : section.key
    byKey.set(key, [...(byKey.get(key) ?? []), section])
  }
  return new Map([...byKey].map(([key, sections]) => [key, branchOf(sections, resolving)]))
}

const branchOf = (sections: readonly BranchSection[], resolving: Resolving): ResolvedBranch => {
  const list = (kind: 'merge' | 'push') =>
    sections.every((section) => section[kind] === null)
      ? null
      : resolved(
          sections.flatMap((section) => section[kind] ?? []),
          resolving,
        )
  const terms = sections.flatMap(({ protection }) =>
    protection === null ? [] : [resolveProtection(protection, resolving.scope)],
  )
  return {
    merge: list('merge'),
    push: list('push'),
    protection: terms.length === 0 ? null : joinProtection(terms),
    distinct: sections.some(({ distinct }) => distinct),
  }
}

const releaseOf = (section: ReleaseSection, name: string, tier: Tier | null, resolving: Resolving): ResolvedRelease => {
  const { entries, ...layer } = releaseLayer('repository environment', section, resolving)
  return { ...layer, name, tier, release: section.release === null ? null : entries, distinct: section.distinct }
}

const shutIn = (files: readonly (PolicyDocument | null)[]): ResolvedFile['shut'] => {
  const some = (lists: readonly (readonly Entry[] | null | undefined)[]) =>
    lists.some((list) => list !== null && list !== undefined && !isActive(list))
  const branches = files.flatMap((file) => file?.branches ?? [])
  return {
    merge: some(branches.map(({ merge }) => merge)),
    push: some(branches.map(({ push }) => push)),
    policy: some(files.map((file) => file?.policy?.entries)),
  }
}
