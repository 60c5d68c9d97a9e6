import { different, stronger, weaker, type Change } from './changes.js'
import { about, type Difference } from './differences.js'
import { listChanges } from './entries.js'
import { entriesText } from './entry-text.js'
import { freezeChanges, freezeText } from './freezes.js'
import { partsText, relationOf } from './people.js'
import { protectionChanges } from './protection.js'
import { listText, NOTHING, releaseChanges, tierText } from './release.js'
import type { Tier } from '../gate.js'
import type { ResolvedFile, ResolvedBranch, ResolvedRelease } from './resolved.js'
import { isLower } from '../composing/tier.js'
import type { GateKind } from '../verdict.js'

/** Keys of both files, those of the one before first. */
const keysOf = <Value>(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): readonly string[] => [
  ...new Set([...before.keys(), ...after.keys()]),
]

/** A list under a key: of a branch, or who may change the policy. */
const gateChanges = (
  before: ResolvedBranch['merge'],
  after: ResolvedBranch['merge'],
  kind: GateKind,
  mayBeShut: boolean,
): readonly Change[] => {
  if (before !== null && after !== null) return listChanges(before, after, kind)
  if (before !== null) return [weaker(`${entriesText(before)}: nothing is asked any more`)]
  if (after === null) return []
  const words = `${entriesText(after)}: asked where nothing was asked before`
  return [mayBeShut ? different(`${words}, but where other lists apply to it`) : stronger(words)]
}

export const policyDifferences = (before: ResolvedFile, after: ResolvedFile): readonly Difference[] =>
  about({ of: 'policy' }, gateChanges(before.policy, after.policy, 'policy', before.shut.policy))

export const branchDifferences = (before: ResolvedFile, after: ResolvedFile): readonly Difference[] =>
  keysOf(before.branches, after.branches).flatMap((key) => {
    const [old, now] = [before.branches.get(key), after.branches.get(key)]
    return [
      ...(['merge', 'push'] as const).flatMap((of) =>
        about({ of, key }, gateChanges(old?.[of] ?? null, now?.[of] ?? null, of, before.shut[of])),
      ),
      ...about({ of: 'merge', key }, distinctChanges(old?.distinct ?? false, now?.distinct ?? false)),
      ...about({ of: 'protection', key }, protectionChanges(old?.protection ?? null, now?.protection ?? null)),
    ]
  })

const distinctChanges = (before: boolean, after: boolean): readonly Change[] => {
  if (before === after) return []
  return after
    ? [stronger('a person counts for one approval only')]
    : [weaker('a person may count for several approvals')]
}

export const tierDifferences = (before: ResolvedFile, after: ResolvedFile): readonly Difference[] =>
  keysOf(before.tiers, after.tiers).flatMap((key) => {
    const tier = key as Tier
    const [old, now] = [before.tiers.get(key), after.tiers.get(key)]
    if (old === undefined)
      return now === undefined
        ? []
        : about({ of: 'tier', tier }, appeared(now, 'environments of this tier have its gate now'))
    if (now === undefined) return about({ of: 'tier', tier }, gone(old))
    return about({ of: 'tier', tier }, releaseChanges(old, now))
  })

export const environmentDifferences = (before: ResolvedFile, after: ResolvedFile): readonly Difference[] =>
  keysOf(before.environments, after.environments).flatMap((key) => {
    const [old, now] = [before.environments.get(key), after.environments.get(key)]
    const name = now?.name ?? old?.name ?? key
    if (old === undefined)
      return now === undefined ? [] : about({ of: 'environment', name }, appeared(now, 'it has a gate of its own now'))
    if (now === undefined) return about({ of: 'environment', name }, gone(old))
    return about({ of: 'environment', name }, [...tierChanges(old, now), ...releaseChanges(old, now)])
  })

/** What nothing gated was shut, and what its tier gated had another gate: neither can be ordered. */
const appeared = (now: ResolvedRelease, words: string): readonly Change[] => [
  different(`${words}, ${listText(now)}; before, it was judged by what else names it, or held where nothing did`),
  ...releaseChanges(NOTHING, { ...now, release: null }),
]

const gone = (old: ResolvedRelease): readonly Change[] => [
  weaker(
    `its gate, ${listText(old)}, is removed; releases are judged by what else names it, or held where nothing does`,
  ),
]

const tierChanges = ({ tier: before }: ResolvedRelease, { tier: after }: ResolvedRelease): readonly Change[] => {
  if (before === after) return []
  const words = `its tier is ${tierText(after)} instead of ${tierText(before)}, so gates of tiers and freezes cover it otherwise`
  return before !== null && after !== null && isLower(after, before) ? [weaker(words)] : [different(words)]
}

export const freezeDifferences = (before: ResolvedFile, after: ResolvedFile): readonly Difference[] => {
  const left = [...before.freezes]
  const right = after.freezes.filter((freeze) => {
    const index = left.findIndex((other) => JSON.stringify(other) === JSON.stringify(freeze))
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  const found: Difference[] = []
  for (const freeze of right) {
    const index = left.findIndex(({ name }) => name === freeze.name)
    const [old] = index < 0 ? [] : left.splice(index, 1)
    const changes = old === undefined ? [stronger(`it is new, ${freezeText(freeze)}`)] : freezeChanges(old, freeze)
    found.push(...about({ of: 'freeze', name: freeze.name }, changes))
  }
  return [
    ...found,
    ...left.flatMap((freeze) =>
      about({ of: 'freeze', name: freeze.name }, [weaker(`it is removed, ${freezeText(freeze)}`)]),
    ),
  ]
}

/** What a name stands for. What more people do to each gate that names them is said there. */
export const groupDifferences = (before: ResolvedFile, after: ResolvedFile): readonly Difference[] =>
  keysOf(before.groups, after.groups).flatMap((key) => {
    const [old, now] = [before.groups.get(key), after.groups.get(key)]
    const name = now?.name ?? old?.name ?? key
    if (old === undefined)
      return now === undefined ? [] : about({ of: 'group', name }, [different(`it is new: ${partsText(now)}`)])
    if (now === undefined) return about({ of: 'group', name }, [different(`it is removed: ${partsText(old)}`)])
    const words = `${partsText(now)} instead of ${partsText(old)}`
    switch (relationOf(old, now)) {
      case 'same':
        return []
      case 'wider':
        return about({ of: 'group', name }, [weaker(`it is wider: ${words}`)])
      case 'narrower':
        return about({ of: 'group', name }, [different(`it is narrower: ${words}`)])
      case 'other':
        return about({ of: 'group', name }, [different(`it is other people: ${words}`)])
    }
  })
