import { z } from 'zod'
import { missingHeadings, type Document } from '../evidence/documents.js'
import { ask, type Change, type Deployment, type Shipment } from '../facts.js'
import type { Gate } from '../gate.js'
import { oneOrMore, text } from '../parameters.js'
import { allow, defineRule, wait, type Asked } from '../rule.js'
import { shipmentOf, shippedBy, type Shipped } from '../evidence/ships.js'
import { listed } from './values.js'

interface Named extends Document {
  readonly of: string
}

interface Documents {
  /** Those that must have every heading. */
  readonly each: readonly Named[]
  /** One that stands for all of them. */
  readonly instead: Named | null
  /** Nothing goes out, so there is nothing to document. */
  readonly nothing: boolean
  /** Where they are, as a finding shows it. */
  readonly where: readonly string[]
}

type OfRelease = Omit<Documents, 'instead'>
const shippedDocuments = new WeakMap<Shipped, OfRelease>()

const documentsOf = (shipped: Shipped): OfRelease => {
  const before = shippedDocuments.get(shipped)
  if (before !== undefined) return before
  const each = shipped.changes.map((change) => ({ of: `#${change.number}`, body: change.body, owner: change }))
  const where = listed(each.map((document) => document.of))
  const fresh = { each, nothing: shipped.commits.length === 0 && !shipped.endless, where }
  shippedDocuments.set(shipped, fresh)
  return fresh
}

const notesOf = (deployment: Deployment): Named | null =>
  deployment.releaseNotes === null ? null : { of: 'release notes', body: deployment.releaseNotes, owner: deployment }

const documentsIn = (gate: Gate): Asked<Documents> =>
  gate.kind === 'release'
    ? {
        questions: [ask.deployment, shipmentOf(gate)],
        join: (answers) => {
          const [deployment, shipment] = answers as readonly [Deployment, Shipment]
          const { each, nothing, where } = documentsOf(shippedBy(deployment.sha, shipment))
          return { each, nothing, where, instead: notesOf(deployment) }
        },
      }
    : {
        questions: [ask.change],
        join: ([answer]) => {
          const change = answer as Change
          return {
            each: [{ of: `#${change.number}`, body: change.body, owner: change }],
            instead: null,
            nothing: false,
            where: [`#${change.number}`],
          }
        },
      }

type Missing = { readonly in: string; readonly headings: readonly string[] }
interface Looked {
  readonly headings: readonly string[]
  readonly missing: readonly Missing[]
}
const looked = new WeakMap<readonly Named[], Looked>()

const missingIn = (each: readonly Named[], headings: readonly string[]): readonly Missing[] => {
  const before = looked.get(each)
  if (before?.headings === headings) return before.missing
  const missing = each
    .map((document) => ({ in: document.of, headings: missingHeadings(headings, document) }))
    .filter((document) => document.headings.length > 0)
  looked.set(each, { headings, missing })
  return missing
}

/** The pull request, or each one that ships, has every heading with text under it; release notes can stand for them. */
export const documents = defineRule({
  name: 'documents',
  about: 'The pull request, each one that ships, or the release notes have every heading with text under it.',
  gates: ['merge', 'policy', 'release'],
  predicate: false,
  params: z.strictObject({ headings: oneOrMore(text, 'heading') }),
  asks: (_, gate) => ({ documents: documentsIn(gate) }),
  check({ documents: { each, instead, nothing, where } }, { headings }) {
    if (instead !== null && missingHeadings(headings, instead).length === 0) return allow({ in: instead.of })
    const missing = missingIn(each, headings)
    if (missing.length === 0 && (each.length > 0 || nothing)) return allow({ in: where })
    const all = each.length === 0 ? [{ in: instead?.of ?? 'release notes', headings }] : missing.slice(0, 20)
    return wait('documents_missing', { missing: all })
  },
})
