import { z } from 'zod'
import { ask, type Deployment, type Handover, type Person } from '../facts.js'
import { people } from '../parameters.js'
import { isHuman, membersOf } from '../people.js'
import { allow, defineRule, deny, wait } from '../rule.js'

/** Who started this attempt; a schedule has no person behind it until somebody runs it again. */
const starter = ({ event, attempt, by }: Deployment): Person | null =>
  event === 'schedule' && attempt === 1 ? null : by

const newestFirst = (handovers: readonly Handover[]): readonly Handover[] =>
  [...handovers].filter(({ by }) => isHuman(by)).sort((a, b) => b.at - a.at || a.by.id - b.by.id)

/** A member of the deployers started this attempt, or released what somebody else had started. */
export const deployer = defineRule({
  name: 'deployer',
  about: 'Who started this attempt, or who released it, is in the group.',
  gates: ['release'],
  predicate: true,
  params: z.strictObject({ in: people, otherwise: z.enum(['wait', 'deny']).prefault('wait') }),
  groups: ['in'],
  asks: (given) => ({ members: membersOf(given.in), deployment: ask.deployment, handovers: ask.handovers }),
  check({ members, deployment, handovers }, given, { predicate, now }) {
    const isMember = (person: Person | null | undefined) => person != null && members.ids.has(person.id)
    const by = starter(deployment)
    if (!predicate && isMember(by))
      return allow({ in: given.in.name, startedBy: by?.login ?? null, deployer: by?.login ?? null })
    const released = newestFirst(handovers.filter(({ at }) => at <= now)).map((handover) => handover.by)
    const values = { in: given.in.name, startedBy: by?.login ?? null }
    if (predicate) {
      const current = released[0] ?? by
      return isMember(current) ? allow({ ...values, deployer: current?.login ?? null }) : deny('not_deployer', values)
    }
    if (given.otherwise === 'deny') return deny('not_deployer', values)
    const handed = released.find(isMember)
    if (handed !== undefined) return allow({ ...values, deployer: handed.login, released: true })
    const outsiders = [...(by === null ? [] : [by]), ...released].map((person) => ({
      person,
      code: 'not_deployer' as const,
    }))
    return wait('deployer_missing', values, { who: { may: members.people.filter(isHuman), mayNot: outsiders } })
  },
})
