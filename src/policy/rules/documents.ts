import { z } from 'zod'
import { missingHeadings } from '../documents.js'
import { ask, type Change, type Deployment, type Shipment } from '../facts.js'
import type { Gate } from '../gate.js'
import { oneOrMore, text } from '../parameters.js'
import { allow, defineRule, wait, type Asked } from '../rule.js'
import { shipmentOf, shippedBy } from '../ships.js'
import { listed } from './values.js'

interface Document {
  readonly of: string
  readonly body: string
}

interface Documents {
  /** Those that must have every heading. */
  readonly each: readonly Document[]
  /** One that stands for all of them. */
  readonly instead: Document | null
  /** Nothing goes out, so there is nothing to document. */
  readonly nothing: boolean
}

const documentsIn = (gate: Gate): Asked<Documents> =>
  gate.kind === 'release'
    ? {
        questions: [ask.deployment, shipmentOf(gate)],
        join: (answers) => {
          const [{ sha, releaseNotes }, shipment] = answers as readonly [Deployment, Shipment]
          const { changes, commits, endless } = shippedBy(sha, shipment)
          return {
            each: changes.map(({ number, body }) => ({ of: `#${number}`, body })),
            instead: releaseNotes === null ? null : { of: 'release notes', body: releaseNotes },
            nothing: commits.length === 0 && !endless,
          }
        },
      }
    : {
        questions: [ask.change],
        join: ([change]) => {
          const { number, body } = change as Change
          return { each: [{ of: `#${number}`, body }], instead: null, nothing: false }
        },
      }

/** The pull request, or each one that ships, has every heading with text under it; release notes can stand for them. */
export const documents = defineRule({
  name: 'documents',
  about: 'The pull request, each one that ships, or the release notes have every heading with text under it.',
  gates: ['merge', 'policy', 'release'],
  predicate: false,
  params: z.strictObject({ headings: oneOrMore(text, 'heading') }),
  asks: (_, gate) => ({ documents: documentsIn(gate) }),
  check({ documents: { each, instead, nothing } }, { headings }) {
    const missingIn = (document: Document) => ({ in: document.of, headings: missingHeadings(headings, document.body) })
    if (instead !== null && missingIn(instead).headings.length === 0) return allow({ in: instead.of })
    const missing = each.map(missingIn).filter((document) => document.headings.length > 0)
    if (missing.length === 0 && (each.length > 0 || nothing))
      return allow({ in: listed(each.map((document) => document.of)) })
    const all = each.length === 0 ? [{ in: instead?.of ?? 'release notes', headings }] : missing.slice(0, 20)
    return wait('documents_missing', { missing: all })
  },
})
