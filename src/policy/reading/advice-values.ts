import type { Advice } from './advice.js'
import { canonical } from './names.js'
import type { PolicyDocument } from './policy-document.js'
import type { Place } from '../verdict.js'
import type { EntryList } from './walk.js'

/** A rule as advice looks at it: parameters by name, whatever they are. */
export interface Looked {
  readonly params: Readonly<Record<string, unknown>>
  readonly place: Place
  readonly list: EntryList
  readonly policy: PolicyDocument
}

export type Adviser = (looked: Looked) => readonly Advice[]

export const onRef: Adviser = ({ params, place }) =>
  (['branches', 'tags'] as const).flatMap((key) =>
    textsOf(params[key]).flatMap((ref, index) => {
      const short = shortBranch(ref)
      if (short === null) return []
      const message = `\`${ref}\` is no ${key === 'tags' ? 'tag' : 'branch'}'s name; write it without ${key === 'tags' ? '`refs/tags/`' : '`refs/heads/` or `origin/`'}.`
      return [{ place, path: [key, index], message, suggestion: short }]
    }),
  )

export const onPaths: Adviser = ({ params, place }) =>
  (['paths', 'except'] as const).flatMap((key) =>
    textsOf(params[key]).flatMap((path, index) => onPath(path).map((said) => ({ place, path: [key, index], ...said }))),
  )

const onPath = (path: string): readonly Pick<Advice, 'message' | 'suggestion'>[] => {
  if (/^\.?\//.test(path)) {
    const suggestion = path.replace(/^\.?\/+/, '')
    const message = `\`${path}\` fits no file: paths begin at the root of the repository, without \`/\` or \`./\`.`
    return [{ message, suggestion }]
  }
  return path.endsWith('/')
    ? [{ message: `\`${path}\` fits no file: it ends with \`/\`.`, suggestion: `${path}**` }]
    : []
}

const WORKFLOWS = '.github/workflows/'

/** Workflow files stand in one folder; those that GitHub runs itself are called `dynamic/…`. */
export const onWorkflows: Adviser = (looked) => [
  ...onPaths(looked),
  ...textsOf(looked.params['paths']).flatMap((path, index) => {
    if (mayBeWorkflow(path) || onPath(path).length > 0) return []
    const suggestion = /^[\w.-]+\.ya?ml$/.test(path) ? `${WORKFLOWS}${path}` : undefined
    const message = `\`${path}\` fits no workflow: name its file, below \`${WORKFLOWS}\`.`
    return [{ place: looked.place, path: ['paths', index], message, suggestion }]
  }),
]

const mayBeWorkflow = (path: string): boolean => {
  const literal = /^[^*?[{]*/.exec(path)?.[0] ?? ''
  return [WORKFLOWS, 'dynamic/'].some(
    (folder) => literal.startsWith(folder) || (literal !== path && folder.startsWith(literal)),
  )
}

export const onReviewed: Adviser = ({ params, place }) => {
  const since = params['since']
  if (typeof since !== 'string' || /^([\da-f]{40}|[\da-f]{64})$/i.test(since)) return []
  return [{ place, path: ['since'], message: `\`${since}\` is no full commit SHA, so no commit is found by it.` }]
}

export const onLabels: Adviser = ({ params, place }) => {
  const forbidden = textsOf(params['none']).map(canonical)
  const never = textsOf(params['all']).filter((label) => forbidden.includes(canonical(label)))
  const any = textsOf(params['any'])
  const all = any.length > 0 && any.every((label) => forbidden.includes(canonical(label))) ? any : never
  return all.map((label) => ({
    place,
    path: ['none', forbidden.indexOf(canonical(label))],
    message: `\`${label}\` must be there and must not be there; this can never be.`,
  }))
}

export const onAuthor: Adviser = ({ params, place }) =>
  params['in'] !== undefined && JSON.stringify(params['in']) === JSON.stringify(params['not_in'])
    ? [{ place, path: ['not_in'], message: 'Nobody is in a group and not in it; this can never be.' }]
    : []

export const onDocuments: Adviser = ({ params, place }) =>
  textsOf(params['headings']).flatMap((heading, index) =>
    /^#{1,6}\s/.test(heading)
      ? [
          {
            place,
            path: ['headings', index],
            message: `\`${heading}\`: a heading is named without \`#\`; any level counts.`,
            suggestion: heading.replace(/^#+\s+/, ''),
          },
        ]
      : [],
  )

/** A branch's name out of a full ref or a remote branch; `null` where it is none of these. */
export const shortBranch = (branch: string): string | null =>
  /^(refs\/|origin\/)/.test(branch) ? branch.replace(/^(refs\/heads\/|refs\/tags\/|refs\/|origin\/)/, '') : null

/** The texts of a list; of anything else, none. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
