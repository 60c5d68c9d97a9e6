import { conflictsIn } from '../policy/reading/between-files.js'
import { comparePolicies, type ComparedAt, type Difference } from '../policy/comparing/compare.js'
import { filesFor } from '../policy/composing/composition.js'
import { formatProblem, type PolicyOrigin, type PolicyProblem } from '../policy/reading/document.js'
import { codeSpan } from '../policy/words/explain.js'
import type { PolicySource } from '../policy/composing/gates.js'
import { differencesText } from './policy-words.js'
import type { Annotation } from './ports.js'

/** One policy file as a head has it, and as it is in force. */
export interface PolicyPart {
  readonly origin: Extract<PolicyOrigin, 'organisation' | 'repository'>
  readonly source: PolicySource
  readonly inForce: PolicySource
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
      return comparison(
        part,
        at,
        'The policy is valid',
        `The policy file of this pull request can be read. It takes effect once it is on ${codeSpan(base)}.`,
      )
    }
    case 'absent':
      return comparison(
        part,
        at,
        'The policy file is removed',
        'With this pull request there is no such policy file any more.',
      )
  }
}

const documentOf = (source: PolicySource) => (source.state === 'present' ? source.policy : null)

const comparison = ({ source, inForce }: PolicyPart, at: ComparedAt, title: string, head: string): PartSaid => {
  const said = (more: string, differences: readonly Difference[] = []): PartSaid => ({
    state: 'fine',
    title,
    summary: `${head}\n\n${more}`,
    annotations: [],
    differences,
  })
  switch (inForce.state) {
    case 'unreadable':
      return waiting('The policy in force could not be read', inForce.reason)
    case 'invalid':
      return said(
        'The policy in force has mistakes and closes its gates; what becomes weaker or stronger cannot be told.',
      )
    case 'present':
    case 'absent': {
      const differences = comparePolicies(documentOf(inForce), documentOf(source), at)
      return said(differencesText(differences), differences)
    }
  }
}
