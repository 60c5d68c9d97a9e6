import { fit } from './fit.js'
import type { Groups, NamedGroup } from '../composing/groups.js'
import { canonical } from './names.js'
import { inlineGroup } from '../parameters.js'
import type { Report } from './problems.js'
import { asMap, placeOf } from './sections.js'
import type { Node } from './yaml.js'

/** `groups`: names for people. Two names that are equal but for case are an error. */
export const readGroups = (node: Node | undefined, report: Report): Groups => {
  const groups = new Map<string, NamedGroup>()
  const map = node === undefined ? null : asMap(node, '`groups`', report)
  for (const { key, keySpan, value } of map?.pairs ?? []) {
    const name = canonical(key)
    const twin = groups.get(name)
    if (twin !== undefined)
      report.error(keySpan, `The group \`${key}\` is the same name as \`${twin.name}\` in line ${twin.place.line}.`, {
        value: key,
      })
    const group =
      asMap(value, `The group \`${key}\``, report) === null
        ? undefined
        : fit(inlineGroup, value, `The group \`${key}\``, report)
    if (group !== undefined && twin === undefined)
      groups.set(name, { name: key, group, place: placeOf(report, keySpan) })
  }
  return groups
}
