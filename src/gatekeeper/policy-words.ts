import { differenceText, type Difference, type Direction } from '../policy/comparing/compare.js'
import { codeSpan } from '../policy/words/explain.js'
import type { ScenarioRuns } from './scenario-runs.js'

/** Longer lists are counted: GitHub takes 65,535 characters, and two files may have eight lists. */
const LISTED = 100
const ROOM = 7_000

/** The first lines of a list, as many as have room, and how many more there are. */
const listed = (lines: readonly string[]): readonly string[] => {
  let left = ROOM
  const shown = lines.slice(0, LISTED).filter((line) => (left -= line.length + 3) > 0)
  return [
    ...shown.map((line) => `- ${line}`),
    ...(shown.length < lines.length ? [`- and ${lines.length - shown.length} more`] : []),
  ]
}

const HEADINGS: Readonly<Record<Direction, string>> = {
  weaker: 'Weaker',
  different: 'Different, neither weaker nor stronger for sure',
  stronger: 'Stronger',
}
const ORDER: readonly Direction[] = ['weaker', 'different', 'stronger']

const having = (differences: readonly Difference[], direction: Direction) =>
  differences.filter((difference) => difference.direction === direction)

/** What becomes weaker, different and stronger, each under its heading. */
export const differencesText = (differences: readonly Difference[]): string =>
  differences.length === 0
    ? 'What it asks does not change.'
    : ORDER.flatMap((direction) => {
        const lines = having(differences, direction).map(differenceText)
        return lines.length === 0 ? [] : [`### ${HEADINGS[direction]}\n\n${listed(lines).join('\n')}`]
      }).join('\n\n')

/** `2 weaker, 1 stronger`; empty: nothing changes. */
export const differencesCount = (differences: readonly Difference[]): string =>
  ORDER.flatMap((direction) => {
    const { length } = having(differences, direction)
    return length === 0 ? [] : [`${length} ${direction}`]
  }).join(', ')

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** How the scenarios fared. */
export const scenariosText = ({ files, ran, failures, leftOut }: ScenarioRuns): string => {
  if (files === 0 && leftOut.length === 0)
    return 'There is no scenario file (`.github/**/*.gates-test.yml`) that would try the policy.'
  const all = `${counted(ran, 'scenario')} in ${counted(files, 'file')}`
  return [
    '### Scenarios',
    '',
    failures.length === 0 ? `${all}: as expected.` : `${all}: not all are as expected.`,
    '',
    ...listed(failures.map(({ words }) => words)),
    ...(leftOut.length === 0 ? [] : ['', 'Not read or not run:', '', ...listed(leftOut.map(codeSpan))]),
  ].join('\n')
}
