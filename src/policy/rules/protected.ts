import { z } from 'zod'
import { ask } from '../facts.js'
import type { ProtectionTerms } from '../gate.js'
import { people } from '../parameters.js'
import { joinProtection, protectionFrom, protectionKeys } from '../composing/protection-terms.js'
import { defineRule, deny, allow, undecided, wait } from '../rule.js'
import { weaknesses } from '../evidence/weaknesses.js'

const params = z
  .strictObject(protectionKeys(people as unknown as z.ZodType<string>))
  .transform((written): ProtectionTerms => protectionFrom(written) as unknown as ProtectionTerms)

const isEmpty = (given: ProtectionTerms): boolean => Object.keys(given).length === 0

/**
 * What GitHub enforces on the branch, classic protection and rulesets together, is at least what its `protection` asks,
 * and what is given here; this app's own check, pinned to this app, is asked always.
 */
export const protectedBranch = defineRule({
  name: 'protected',
  about: "GitHub enforces at least what the branch's `protection` asks.",
  gates: ['merge', 'policy', 'push', 'release'],
  predicate: false,
  params,
  groups: ['bypass.*'],
  asks: () => ({ protection: ask.protection }),
  check({ protection }, given, { gate }) {
    const ofBranch = gate.protectionOf(protection.branch)
    const terms = isEmpty(given) ? ofBranch : joinProtection([ofBranch, given])
    const weak = weaknesses(protection, terms)
    const values = { branch: protection.branch }
    if (weak.length > 0) return (gate.kind === 'push' ? deny : wait)('protection_weak', { ...values, weak })
    if (terms.bypass !== undefined && protection.bypass === null) {
      return undecided('fact_unknown', {
        ...values,
        fact: 'protection/bypass',
        reason: 'GitHub tells who may bypass only to apps with administration: write',
      })
    }
    return allow(values)
  },
})
