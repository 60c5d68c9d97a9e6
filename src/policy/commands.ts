import type { Sha } from './facts.js'

/** What the first line of a comment asks for. `sha` is as written: a whole SHA or its first 7 or more digits. */
export type Command =
  | { readonly kind: 'gates' }
  | { readonly kind: 'approve-merge'; readonly sha: string; readonly reason: string }
  | {
      readonly kind: 'approve' | 'reject' | 'release' | 'override' | 'review'
      readonly environment: string
      readonly sha: string
      readonly reason: string
    }

/** The line starts like a command and is none: it must be answered, and has no effect. */
export interface CommandProblem {
  readonly problem: string
}

/** What a command's first line may begin with, after the slash. */
export const VERBS = ['approve', 'reject', 'release', 'override', 'review', 'gates'] as const
type Verb = (typeof VERBS)[number]
const NEEDS_REASON: readonly Verb[] = ['reject', 'override', 'review']

const STARTS = /^\/([a-z]+)(?=$|[\s"])/i
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const NAME = /^\s+(?:"((?:[^"\\]|\\["\\])+)"|([^\s"]+))(?=\s|$)/
const SHA = /^\s+([A-Za-z0-9_.-]+)(?=\s|$)/

/**
 * Reads a comment's command. It is the first line, from its first character: a quote, code or an HTML comment starts
 * otherwise, and so does an answer by e-mail above its quote only where it was typed there.
 * @returns `null`: no command; a {@link CommandProblem}: meant as one, and refused with these words.
 */
export const parseCommand = (body: string): Command | CommandProblem | null => {
  const line = firstLine(body)
  const [start, word = ''] = STARTS.exec(line) ?? []
  const verb = VERBS.find((each) => each === word.toLowerCase())
  if (start === undefined || verb === undefined) return null
  if (verb !== word) return { problem: `Commands are written in lower case: \`/${verb}\`.` }
  if (UNSEEN.test(line)) return { problem: 'The line holds characters that cannot be seen; type it anew.' }
  if (line.includes('<!--')) return { problem: 'The line holds a hidden HTML comment; type it anew.' }
  return verb === 'gates' ? { kind: 'gates' } : parseTarget(verb, line.slice(start.length))
}

const firstLine = (body: string): string => (body.split(/\r\n|\n|\r/, 1)[0] ?? '').replace(/[ \t]+$/, '')

const parseTarget = (verb: Exclude<Verb, 'gates'>, rest: string): Command | CommandProblem => {
  const [named = '', quoted, plain] = NAME.exec(rest) ?? []
  const environment = quoted?.replace(/\\(["\\])/g, '$1') ?? plain
  const afterName = rest.slice(named.length)
  const [written = '', sha] = SHA.exec(afterName) ?? []
  if (environment === undefined || sha === undefined) return { problem: usage(verb) }
  const reason = afterName.slice(written.length).trim()
  if (reason === '' && NEEDS_REASON.includes(verb)) return { problem: `\`/${verb}\` needs a reason. ${usage(verb)}` }
  if (plain === 'merge')
    return verb === 'approve' ? { kind: 'approve-merge', sha, reason } : { problem: mergeOnly(verb) }
  return { kind: verb, environment, sha, reason }
}

const usage = (verb: Exclude<Verb, 'gates'>): string =>
  `Write \`/${verb} ENVIRONMENT SHA${NEEDS_REASON.includes(verb) ? ' reason' : ' [reason]'}\`; a name with spaces stands in double quotes.`

const mergeOnly = (verb: Verb): string =>
  `\`merge\` is the merge gate, which can only be approved; an environment of that name is quoted: \`/${verb} "merge" SHA\`.`

const SHORTEST = 7

/** Whether what a command wrote names this SHA: the whole of it, or its first 7 or more digits. */
export const namesSha = (written: string, sha: Sha): boolean => {
  const digits = written.toLowerCase()
  return digits === sha.toLowerCase() || (digits.length >= SHORTEST && sha.toLowerCase().startsWith(digits))
}
