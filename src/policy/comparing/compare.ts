import { conflictsIn } from '../reading/between-files.js'
import { different, weaker } from './changes.js'
import { about, type Difference } from './differences.js'
import { organisationDifferences, wholeFile } from './organisation.js'
import { resolvedFile, type ComparedAt } from './resolved.js'
import {
  branchDifferences,
  environmentDifferences,
  freezeDifferences,
  groupDifferences,
  policyDifferences,
  tierDifferences,
} from './sections.js'
import { filesFor } from '../composing/composition.js'
import { codeSpan } from '../words/text.js'
import type { PolicyDocument } from '../reading/policy-document.js'

export type { Direction } from './changes.js'
export { aboutText, differenceText, type About, type Difference } from './differences.js'
export type { ComparedAt } from './resolved.js'

/**
 * What `after` makes weaker, stronger or different, gate by gate; `null`: there is no such file. Conservative: if some
 * facts, all of them known, open a gate after it that they did not open before, there is a weaker or different entry for
 * that gate, or for what it rests on (the file, a tier, a group, a freeze, the protection of a branch).
 */
export const comparePolicies = (
  before: PolicyDocument | null,
  after: PolicyDocument | null,
  at: ComparedAt,
): readonly Difference[] => {
  const [old, now] = [resolvedFile(before, at), resolvedFile(after, at)]
  return [
    ...fileDifferences(before, after, at),
    ...policyDifferences(old, now),
    ...branchDifferences(old, now),
    ...environmentDifferences(old, now),
    ...tierDifferences(old, now),
    ...freezeDifferences(old, now),
    ...groupDifferences(old, now),
  ]
}

const fileDifferences = (
  before: PolicyDocument | null,
  after: PolicyDocument | null,
  at: ComparedAt,
): readonly Difference[] => {
  if (before?.origin === 'organisation' && after?.origin === 'organisation')
    return organisationDifferences(before, after)
  if (before?.origin === 'organisation') return wholeFile(before, 'gone')
  if (after?.origin === 'organisation') return wholeFile(after, 'new')
  return [...builtIn(before, after, at), ...mended(before, at)]
}

/** Without any file the built-in policy judges releases, and nothing else. */
const builtIn = (
  before: PolicyDocument | null,
  after: PolicyDocument | null,
  at: ComparedAt,
): readonly Difference[] => {
  const { organisation } = filesFor(at.organisation, null, at)
  if (organisation !== null || (before === null) === (after === null)) return []
  const change =
    before === null
      ? different(
          'it is new; until now the built-in policy judged every release, and from then on this file alone does',
        )
      : weaker(
          'it is removed; pull requests and pushes are no longer judged, and the built-in policy judges every release',
        )
  return about({ of: 'file' }, [change])
}

/** What the organisation's file forbids closes gates; taking it out opens them, whatever else changes. */
const mended = (before: PolicyDocument | null, at: ComparedAt): readonly Difference[] => {
  const conflicts = conflictsIn(filesFor(at.organisation, before, at))
  const [first] = conflicts
  if (first === undefined) return []
  const words = `the policy in force is closed by what the organisation's policy forbids (${codeSpan(first.message)}); without that its gates open again`
  return about({ of: 'file' }, [different(words)])
}
