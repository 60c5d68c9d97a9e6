import { z } from 'zod'
import { withoutComments } from '../evidence/documents.js'
import { ask, type Change, type Deployment, type Shipment } from '../facts.js'
import type { Gate } from '../gate.js'
import { patterns } from '../parameters.js'
import { foundIn } from '../patterns.js'
import { allow, defineRule, undecided, wait, type Asked } from '../rule.js'
import { shipmentOf, shippedBy } from '../evidence/ships.js'
import { listed } from './values.js'

interface Linked {
  readonly of: string
  /** `null`: they could not be read. */
  readonly issues: readonly string[] | null
  readonly title: string
  readonly body: string
}

interface Subject {
  readonly each: readonly Linked[]
  readonly nothing: boolean
}

const linkedIn = (gate: Gate): Asked<Subject> =>
  gate.kind === 'release'
    ? {
        questions: [ask.deployment, shipmentOf(gate)],
        join: (answers) => {
          const [{ sha }, shipment] = answers as readonly [Deployment, Shipment]
          const { changes, commits, endless } = shippedBy(sha, shipment)
          const each = changes.map(({ number, linkedIssues: issues, title, body }) => ({
            of: `#${number}`,
            issues,
            title,
            body,
          }))
          return { each, nothing: commits.length === 0 && !endless }
        },
      }
    : {
        questions: [ask.change, ask.linkedIssues],
        join: (answers) => {
          const [{ number, title, body }, issues] = answers as readonly [Change, readonly string[]]
          return { each: [{ of: `#${number}`, issues, title, body }], nothing: false }
        },
      }

/** An issue is linked to the pull request (or to each one that ships), or its title or visible text holds a ticket's key. */
export const linkedIssue = defineRule({
  name: 'linked_issue',
  about: "An issue is linked, or the title or text holds a ticket's key.",
  gates: ['merge', 'policy', 'release'],
  predicate: false,
  params: z.strictObject({ matches: patterns.optional() }),
  asks: (_, gate) => ({ subject: linkedIn(gate) }),
  check({ subject: { each, nothing } }, { matches = [] }) {
    const isLinked = ({ issues, title, body }: Linked) =>
      (issues !== null && issues.length > 0) || foundIn(matches, title) || foundIn(matches, withoutComments(body))
    const open = each.filter((one) => !isLinked(one))
    const missing = open.map((one) => one.of)
    if (missing.length === 0 && (each.length > 0 || nothing)) return allow()
    const unread = open.filter(({ issues }) => issues === null).map((one) => one.of)
    if (unread.length > 0)
      return undecided('fact_unknown', {
        fact: 'linked_issues',
        reason: `GitHub does not show the issues of ${unread.join(', ')}`,
      })
    return wait('issue_missing', { missing: listed(missing), matches })
  },
})
