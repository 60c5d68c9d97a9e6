import { different, stronger, weaker, type Change } from './changes.js'
import { allowances } from './values.js'
import { codeSpan } from '../words/text.js'
import type { Wanted } from '../rules/checks.js'

/** The same check of the same reporter: two that differ in it are two. Fewer reporters are heard saying no as well. */
const keyOf = ({ name, app, workflow, status, by }: Wanted): string =>
  JSON.stringify([name, app ?? null, workflow ?? null, status, by?.key ?? null])

const textOf = ({ name, app }: Wanted): string => `${codeSpan(name)}${app === undefined ? '' : ` by ${codeSpan(app)}`}`

/** What another list of checks asks. */
export const wantedChanges = (before: readonly Wanted[], after: readonly Wanted[]): readonly Change[] => {
  const gone = before.filter((wanted) => !after.some((other) => keyOf(other) === keyOf(wanted)))
  const come = after.filter((wanted) => !before.some((other) => keyOf(other) === keyOf(wanted)))
  const replaced = gone.filter(({ name }) => come.some((other) => other.name === name))
  const names = replaced.map(({ name }) => name)
  return [
    ...replaced.map(({ name }) => different(`${codeSpan(name)} is heard from another reporter`)),
    ...gone.filter(({ name }) => !names.includes(name)).map((wanted) => weaker(`${textOf(wanted)} is no longer asked`)),
    ...come.filter(({ name }) => !names.includes(name)).map((wanted) => stronger(`${textOf(wanted)} is asked too`)),
    ...before.flatMap((wanted) => conclusionChanges(wanted, after)),
  ]
}

/** Of a check that is named twice, every one must be as asked. */
const conclusionChanges = (wanted: Wanted, after: readonly Wanted[]): readonly Change[] => {
  const same = after.filter((other) => keyOf(other) === keyOf(wanted))
  const [first] = same
  if (first === undefined) return []
  const conclusions = first.conclusions.filter((each) => same.every((other) => other.conclusions.includes(each)))
  return allowances(`${codeSpan(wanted.name)} concluded `, wanted.conclusions, conclusions)
}
