import { fit } from './fit.js'
import { freezeSchema } from '../time/freezes.js'
import type { FreezeSection } from './policy-document.js'
import type { Report } from './problems.js'
import { placeOf } from './sections.js'
import type { Node } from './yaml.js'

/** `freezes`: spans in which nothing goes. An empty list says that there are none. */
export const readFreezes = (node: Node | undefined, report: Report): readonly FreezeSection[] => {
  if (node === undefined) return []
  if (node.kind !== 'list') {
    report.error(node.span, '`freezes` must be a list; begin each freeze with `- `.')
    return []
  }
  return node.items.flatMap((item) => {
    const terms = fit(freezeSchema, item, 'The freeze', report)
    return terms === undefined ? [] : [{ terms, place: placeOf(report, item.span) }]
  })
}
