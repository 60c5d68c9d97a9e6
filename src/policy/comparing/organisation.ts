import { different, stronger, weaker, type Change } from './changes.js'
import { about, type Difference } from './differences.js'
import { allowances, demands } from './values.js'
import { codeSpan } from '../words/text.js'
import type { Gate } from '../gate.js'
import type { PolicyDocument } from '../reading/policy-document.js'
import type { GateKind } from '../verdict.js'

/** The stricter, the higher. */
const STRICTNESS: Readonly<Record<Gate['mode'], number>> = { enforce: 2, observe: 1, 'observe-and-approve': 0 }

/** What only an organisation's file says: whom it binds, what it locks, and whether it enforces anything. */
export const organisationDifferences = (before: PolicyDocument, after: PolicyDocument): readonly Difference[] => [
  ...about({ of: 'file' }, [
    ...modeChanges(before.mode, after.mode),
    ...lockChanges('', before.locked, after.locked),
    ...bindingChanges(before.repositories, after.repositories),
  ]),
  ...before.branches.flatMap(({ key, locked }) => {
    const now = after.branches.find((other) => other.key === key)
    return (['merge', 'push'] as const).flatMap((of) => {
      const only = (kinds: readonly GateKind[]) => kinds.filter((kind) => kind === of)
      return now === undefined ? [] : about({ of, key }, lockChanges('', only(locked), only(now.locked)))
    })
  }),
  ...before.environments.flatMap(({ name, locked }) => {
    const now = after.environments.find((other) => other.name === name)
    return now === undefined ? [] : about({ of: 'environment', name }, lockChanges('', locked, now.locked))
  }),
  ...before.tiers.flatMap(({ tier, locked }) => {
    const now = after.tiers.find((other) => other.tier === tier)
    return now === undefined ? [] : about({ of: 'tier', tier }, lockChanges('', locked, now.locked))
  }),
]

const modeChanges = (before: Gate['mode'], after: Gate['mode']): readonly Change[] => {
  if (before === after) return []
  const words = `\`mode\` is ${after} instead of ${before}`
  return [STRICTNESS[after] > STRICTNESS[before] ? stronger(words) : weaker(words)]
}

/** A lock keeps a repository from adding; one that is opened lets a file in that was an error before. */
const lockChanges = (what: string, before: readonly GateKind[], after: readonly GateKind[]): readonly Change[] =>
  demands(`${what}\`locked\`: `, before, after)

type Binding = PolicyDocument['repositories']

/** A repository that is no longer bound keeps its own gates only; one that is bound newly had the built-in policy's. */
const bindingChanges = (before: Binding, after: Binding): readonly Change[] => {
  const lists = (binding: Binding) => ({ include: binding?.include ?? ['*'], exclude: binding?.exclude ?? [] })
  const [old, now] = [lists(before), lists(after)]
  const newly = (changes: readonly Change[]) =>
    changes.map((change) => (change.direction === 'stronger' ? different(change.words) : change))
  return newly([
    ...demands('bound repositories: ', old.include, now.include),
    ...allowances('exempt repositories: ', old.exclude, now.exclude),
  ])
}

/** The same of a file that is new or gone. */
export const wholeFile = (file: PolicyDocument, is: 'new' | 'gone'): readonly Difference[] => {
  const bound = file.repositories === null ? 'every repository' : file.repositories.include.map(codeSpan).join(', ')
  return about(
    { of: 'file' },
    is === 'new'
      ? [different(`the organisation has a policy now, in mode ${file.mode}, which binds ${bound}`)]
      : [weaker(`the organisation has no policy any more; it bound ${bound}`)],
  )
}
