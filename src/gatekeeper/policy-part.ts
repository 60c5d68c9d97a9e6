import { conflictsIn } from '../policy/reading/between-files.js'
import { comparePolicies, type ComparedAt, type Difference } from '../policy/comparing/compare.js'
import { filesFor } from '../policy/composing/composition.js'
import { formatProblem, type PolicyOrigin, type PolicyProblem } from '../policy/reading/document.js'
import { codeSpan } from '../policy/words/explain.js'
import type { PolicySource } from '../policy/composing/gates.js'
import { differencesText } from './policy-words.js'
import type { Annotation } from './ports.js'

/** One policy file as a head has it, as it is in force, and as it was where the head left its base. */
export interface PolicyPart {
  readonly origin: Extract<PolicyOrigin, 'organisation' | 'repository'>
  readonly source: PolicySource
  readonly inForce: PolicySource
  readonly left: PolicySource
}

/** What is to be said of one policy file. */
export interface PartSaid {
  /** `wait`: something could not be read, and will be looked at again. */
  readonly state: 'fine' | 'wrong' | 'wait'
  readonly title: string
  readonly summary: string
  readonly annotations: readonly Annotation[]
  readonly differences: readonly Difference[]
}

const annotationOf = (problem: PolicyProblem): Annotation => ({
  path: problem.file,
  line: problem.line,
  endLine: problem.endLine,
  level: problem.severity === 'error' ? 'failure' : 'warning',
  message: formatProblem(problem),
})

const LISTED = 50

const wrong = (title: string, why: string, problems: readonly PolicyProblem[]): PartSaid => ({
  state: 'wrong',
  title,
  summary: [why, '', ...problems.slice(0, LISTED).map((problem) => `- ${formatProblem(problem)}`)].join('\n'),
  annotations: problems.map(annotationOf),
  differences: [],
})

/** An invalid file: every mistake, at its line. */
export const mistakes = (problems: readonly PolicyProblem[]): PartSaid =>
  wrong(
    `The policy has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}`,
    'Gates that this file governs stay closed until it is mended:',
    problems,
  )

/** What the organisation's file forbids about the repository's; it would close gates as a mistake does. */
const conflicts = (source: Extract<PolicySource, { state: 'present' }>, at: ComparedAt): readonly PolicyProblem[] =>
  conflictsIn(filesFor(at.organisation, source.policy, at)).map(({ message, place: { file, line, column } }) => ({
    file,
    line,
    column,
    endLine: line,
    endColumn: column,
    message,
    severity: 'error',
  }))

const waiting = (title: string, reason: string): PartSaid => ({
  state: 'wait',
  title,
  summary: codeSpan(reason),
  annotations: [],
  differences: [],
})

/** What a head makes of one policy file: its mistakes or else what becomes weaker and what stronger. */
export const sayPart = (part: PolicyPart, at: ComparedAt, base: string): PartSaid => {
  const { source } = part
  switch (source.state) {
    case 'invalid':
      return mistakes(source.problems)
    case 'unreadable':
      return waiting('The policy file could not be read', source.reason)
    case 'present': {
      const forbidden = part.origin === 'repository' ? conflicts(source, at) : []
      if (forbidden.length > 0)
        return wrong(
          'The organisation’s policy forbids this',
          'Its gates would be closed until this is mended:',
          forbidden,
        )
      return comparison(part, at, base, {
        title: 'The policy is valid',
        head: `The policy file of this pull request can be read. It takes effect once it is on ${codeSpan(base)}.`,
      })
    }
    case 'absent':
      return comparison(part, at, base, {
        title: 'The policy file is removed',
        head: 'With this pull request there is no such policy file any more.',
      })
  }
}

/** What is said before the comparison. */
interface Said {
  readonly title: string
  readonly head: string
}

const documentOf = (source: PolicySource) => (source.state === 'present' ? source.policy : null)

/** What a head makes of the file as it was where the head left its base: changes of the base since are not the head's. */
const comparison = (part: PolicyPart, at: ComparedAt, base: string, { title, head }: Said): PartSaid => {
  const { source, inForce, left } = part
  const said = (more: string, differences: readonly Difference[] = []): PartSaid => ({
    state: 'fine',
    title,
    summary: `${head}\n\n${more}`,
    annotations: [],
    differences,
  })
  if (inForce.state === 'unreadable') return waiting('The policy in force could not be read', inForce.reason)
  if (left.state === 'unreadable') return waiting('The policy before this change could not be read', left.reason)
  if (inForce.state === 'invalid')
    return said(
      'The policy in force has mistakes and closes its gates; what becomes weaker or stronger cannot be told.',
    )
  if (left.state === 'invalid')
    return said(
      `The policy had mistakes where this branch left ${codeSpan(base)}; what becomes weaker or stronger can be told once the branch has the newer one.`,
    )
  const differences = comparePolicies(documentOf(left), documentOf(source), at)
  const moved = comparePolicies(documentOf(left), documentOf(inForce), at).length > 0
  return said(`${moved ? `${movedText(base)}\n\n` : ''}${differencesText(differences)}`, differences)
}

const movedText = (base: string): string =>
  `${codeSpan(base)} has changed the policy since this branch left it. What follows is what this pull request changes; with the other changes it is compared once the branch has them.`
