import { z } from 'zod'
import { oneOrMore, TIERS } from '../parameters.js'
import { allow, defineRule, deny } from '../rule.js'

/** The environment's tier is one of those listed. */
export const tier = defineRule({
  name: 'tier',
  about: "The environment's tier is listed.",
  gates: ['release'],
  predicate: true,
  params: z.strictObject({ in: oneOrMore(z.enum(TIERS), 'tier') }),
  asks: () => ({}),
  check: (_, { in: tiers }, { gate }) =>
    gate.tier !== null && tiers.includes(gate.tier)
      ? allow({ tier: gate.tier })
      : deny('tier_not_allowed', { tier: gate.tier, in: tiers }),
})
