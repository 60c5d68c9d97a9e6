import { branchesOf, environmentOf, releaseSections, tierOf, type Files } from '../composing/composition.js'
import { eventsNamed, eventsOpenBelow } from '../composing/events.js'
import { namesIn } from '../composing/groups.js'
import { canonical } from './names.js'
import type { PolicyDocument, ReleaseSection } from './policy-document.js'
import { mentions } from './mentions.js'
import type { Code, GateKind, Place } from '../verdict.js'

/** What is wrong with a repository's file only because an organisation's file binds it. */
export interface Conflict {
  readonly code: Extract<Code, 'policy_invalid' | 'tier_lowered'>
  readonly message: string
  readonly place: Place
  /** The environment whose tier is lowered. */
  readonly environment?: string
}

/** Everything about a repository's file that the organisation's file forbids, as far as it does not depend on a name. */
export const conflictsIn = (files: Files): readonly Conflict[] => {
  const { organisation, repository } = files
  if (organisation === null || repository === null) return []
  return [
    ...clashingGroups(organisation, repository),
    ...repository.environments.flatMap(({ name }) => releaseConflicts(files, name)),
    ...repository.tiers.flatMap((own) => {
      const above = organisation.tiers.filter(({ tier }) => tier === own.tier)
      return [
        ...lockedRelease(organisation, above, own),
        ...forbiddenEvents([...above, ...organisation.environments], own),
      ]
    }),
    ...lockedPolicy(organisation, repository),
    ...repository.branches.flatMap(({ key }) => {
      const branch = key === '~default' ? files.at.defaultBranch : key
      return (['merge', 'push'] as const).flatMap((kind) => branchConflicts(files, kind, branch))
    }),
  ]
}

/** What the organisation's file forbids about the repository's gate of one branch. */
export const branchConflicts = (files: Files, kind: 'merge' | 'push', branch: string): readonly Conflict[] => {
  const { organisation, at } = files
  if (organisation === null) return []
  const locked = [organisation, ...branchesOf(organisation, branch, at)].some((section) =>
    section.locked.includes(kind),
  )
  if (!locked) return []
  return branchesOf(files.repository, branch, at).flatMap((own) =>
    own[kind] === null ? [] : [lockedGate(kind, branch, own.place)],
  )
}

/** What the organisation's file forbids about the repository's gate of one environment. */
export const releaseConflicts = (files: Files, environment: string): readonly Conflict[] => {
  const { organisation } = files
  if (organisation === null) return []
  const sections = releaseSections(files, environment)
  const above = sections.filter(([name]) => name.startsWith('organisation')).map(([, section]) => section)
  const own = sections.filter(([name]) => name.startsWith('repository')).map(([, section]) => section)
  return [
    ...loweredTier(files, environment),
    ...own.flatMap((section) => [...lockedRelease(organisation, above, section), ...forbiddenEvents(above, section)]),
  ]
}

const loweredTier = (files: Files, environment: string): readonly Conflict[] => {
  const { lowered, base } = tierOf(files, environment)
  const own = environmentOf(files.repository, environment)
  if (!lowered || own === null) return []
  const message = `\`tier\` of \`${own.name}\` is \`${own.tier ?? ''}\`; it must be \`${base}\` or stricter.`
  return [{ code: 'tier_lowered', message, place: own.tierPlace ?? own.place, environment: own.name }]
}

const lockedGate = (kind: GateKind, name: string, place: Place): Conflict => ({
  code: 'policy_invalid',
  message: `The organisation has locked the ${kind} gate of \`${name}\`; this file may add nothing to it.`,
  place,
})

const lockedRelease = (
  organisation: PolicyDocument,
  above: readonly ReleaseSection[],
  own: ReleaseSection,
): readonly Conflict[] => {
  const locked = [organisation, ...above].some((section) => section.locked.includes('release'))
  if (!locked || (own.release === null && own.rollback === null)) return []
  return [lockedGate('release', 'name' in own ? String(own.name) : 'tier' in own ? String(own.tier) : '', own.place)]
}

const lockedPolicy = (organisation: PolicyDocument, repository: PolicyDocument): readonly Conflict[] =>
  organisation.locked.includes('policy') && repository.policy !== null
    ? [lockedGate('policy', 'policy', repository.policy.place)]
    : []

/** A repository's group may not bear a name that the organisation's file uses, as a group or for a team. */
const clashingGroups = (organisation: PolicyDocument, repository: PolicyDocument): readonly Conflict[] => {
  const used = new Set([
    ...organisation.groups.keys(),
    ...mentions(organisation)
      .flatMap(({ people }) => namesIn(people))
      .map(canonical),
  ])
  return [...repository.groups].flatMap(([key, { name, place }]) =>
    used.has(key)
      ? [
          {
            code: 'policy_invalid',
            message: `The group \`${name}\` has a name that the organisation's policy uses; choose another.`,
            place,
          } as const,
        ]
      : [],
  )
}

const forbiddenEvents = (above: readonly ReleaseSection[], own: ReleaseSection): readonly Conflict[] => {
  const allowed = eventsOpenBelow(above)
  return eventsNamed(own).flatMap(({ events, place }) =>
    events
      .filter((event) => !allowed.includes(event))
      .map((event) => ({
        code: 'policy_invalid' as const,
        message: `The event \`${event}\` may not be named here: the organisation's policy does not. Allowed: ${allowed.join(', ')}.`,
        place,
      })),
  )
}
