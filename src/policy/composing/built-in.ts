import { parsePolicy } from '../reading/document.js'
import type { PolicyDocument } from '../reading/policy-document.js'
import { formatProblem } from '../reading/problems.js'

const TIER_RULES = `
      - ref: { branches: ["~default"] }
      - protected: {}
      - reviewed: {}`

const PRODUCTION_RULES = `${TIER_RULES}
      - approval: { from: delivery-managers, involved: [deployer, merger] }`

/**
 * The policy of repositories that no file governs, as a file would say it: changes and pushes are not judged, releases
 * are. `branches` is the merge gate that a shipped change without a record has to satisfy.
 */
export const BUILT_IN_POLICY = `# Release Gates: the built-in policy, which judges releases of repositories that no policy file governs.
version: 1

branches:
  "**":
    merge:
      - approval: { from: development-leads }

tiers:
  development:
    release:${TIER_RULES}
  testing:
    release:${TIER_RULES}
  staging:
    release:${TIER_RULES}
  production:
    release:${PRODUCTION_RULES}
  other:
    release:${PRODUCTION_RULES}
`

let parsed: PolicyDocument | undefined

/** The built-in policy, parsed once. */
export const builtInPolicy = (): PolicyDocument => {
  if (parsed !== undefined) return parsed
  const read = parsePolicy(BUILT_IN_POLICY, 'built-in', 'built-in')
  if (!read.ok) throw new Error(`the built-in policy is invalid: ${read.problems.map(formatProblem).join(' ')}`)
  parsed = read.policy
  return parsed
}
