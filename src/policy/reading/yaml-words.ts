import type { CST, YAMLParseError } from 'yaml'

/** A mistake of syntax in words of ours, and where it begins: offsets into the text. */
export interface SyntaxProblem {
  readonly from: number
  readonly to: number
  readonly message: string
  readonly value?: string
}

/**
 * The first mistake of syntax; those that the parser finds after it mostly follow from it. What is not closed is told
 * where it opens, for it ends only with the file.
 */
export const syntaxProblem = (
  errors: readonly Pick<YAMLParseError, 'code' | 'message' | 'pos'>[],
  tokens: readonly CST.Token[],
  text: string,
): SyntaxProblem | null => {
  const [first] = [...errors].sort((a, b) => a.pos[0] - b.pos[0])
  if (first === undefined) return null
  const open = unclosed(errors, tokens)
  if (open !== null) return open
  const [from, to] = first.pos
  const at = from + (/^[ \t]*/.exec(text.slice(from))?.[0].length ?? 0)
  const rest = /^.*/.exec(text.slice(at))?.[0] ?? ''
  const plain = { from, to: Math.max(from, to), message: sentence(first.message) }
  switch (first.code) {
    case 'TAB_AS_INDENT':
      return { ...plain, message: 'A tab stands here; indent with spaces.' }
    case 'BAD_SCALAR_START':
      return quoted(from, `A text that begins with \`${text.charAt(from)}\` must stand in quotes.`, text.charAt(from))
    case 'BAD_DQ_ESCAPE':
      return { ...plain, message: `\`${text.slice(from, from + 2)}\` means nothing in double quotes; use single ones.` }
    case 'BLOCK_IN_FLOW':
      return { ...plain, message: 'A comma is missing between two entries, or the line is indented wrongly.' }
    case 'MULTILINE_IMPLICIT_KEY':
      return { from: at, to: at + rest.length, message: keyProblem(rest), value: rest }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { from: at, to: at + rest.length, message: nestedProblem(first.message, rest), value: rest }
    case 'BAD_INDENT':
      return first.message.startsWith('All ') ? { from: at, to: at + rest.length, message: MISALIGNED } : plain
    case 'MISSING_CHAR':
      return first.message.startsWith('Comments')
        ? quoted(from, '`#` begins a comment; put the text in quotes where it is one.', '#')
        : plain
    case 'UNEXPECTED_TOKEN':
      return { ...plain, message: unexpected(first.message, text.slice(from, to)) }
    case 'ALIAS_PROPS':
    case 'BAD_ALIAS':
    case 'BAD_COLLECTION_TYPE':
    case 'BAD_DIRECTIVE':
    case 'BAD_PROP_ORDER':
    case 'DUPLICATE_KEY':
    case 'IMPOSSIBLE':
    case 'KEY_OVER_1024_CHARS':
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_DOCS':
    case 'MULTIPLE_TAGS':
    case 'NON_STRING_KEY':
    case 'RESOURCE_EXHAUSTION':
    case 'TAG_RESOLVE_FAILED':
      return plain
  }
}

const MISALIGNED = 'This line is indented neither as the lines above it nor below one of them.'

const quoted = (from: number, message: string, value: string): SyntaxProblem => ({
  from,
  to: from + 1,
  message,
  value,
})

const keyProblem = (line: string): string => {
  if (/^-[^\s-]/.test(line)) return 'A space is missing after `-`.'
  if (/^[^\s:]+:\S/.test(line)) return 'A space is missing after the colon.'
  return 'A colon is missing after this key, or the line is indented wrongly.'
}

const nestedProblem = (message: string, line: string): string => {
  if (!message.startsWith('Nested')) return MISALIGNED
  return /:(\s|$)/.test(line)
    ? 'A colon with a space after it begins a value; put the text in quotes.'
    : 'This is a value already, and the next line is indented below it.'
}

const unexpected = (message: string, found: string): string =>
  message.includes('in YAML stream')
    ? `\`${found}\` closes nothing that is open.`
    : 'The value before this has ended; a comma, a new line or quotes are missing.'

const sentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`)

/** A quote or a bracket that nothing closes, at its opening. */
const unclosed = (
  errors: readonly Pick<YAMLParseError, 'code' | 'message' | 'pos'>[],
  tokens: readonly CST.Token[],
): SyntaxProblem | null => {
  const quote = errors.find(({ message }) => message.startsWith('Missing closing'))
  const bracket = errors.find(({ message }) => /^Flow .* and end with a/.test(message))
  if (quote !== undefined) {
    const opening = lastToken(tokens, (token) => /-quoted-scalar$/.test(token.type) && token.offset < quote.pos[0])
    if (opening !== undefined)
      return quoted(opening.offset, 'This quote is not closed.', opening.type.startsWith('double') ? '"' : "'")
  }
  // What stands before the bracket's end explains it better.
  if (bracket === undefined || errors.some(({ pos }) => pos[0] < bracket.pos[0])) return null
  const opening = lastToken(tokens, (token) => token.type === 'flow-collection' && !isClosed(token))
  const source = opening?.type === 'flow-collection' ? opening.start.source : '{'
  return opening === undefined
    ? null
    : quoted(opening.offset, `\`${source}\` is not closed; \`${source === '{' ? '}' : ']'}\` is missing.`, source)
}

const isClosed = (token: CST.FlowCollection): boolean => token.end.some(({ type }) => /^flow-(map|seq)-end$/.test(type))

/** The last token in the file that fits, however deep; without recursion. */
const lastToken = (tokens: readonly CST.Token[], fits: (token: CST.Token) => boolean): CST.Token | undefined => {
  const open: object[] = [...tokens]
  let last: CST.Token | undefined
  for (let thing = open.pop(); thing !== undefined; thing = open.pop()) {
    if (isToken(thing) && fits(thing) && (last === undefined || thing.offset > last.offset)) last = thing
    for (const child of Object.values(thing))
      if (typeof child === 'object' && child !== null) open.push(child as object)
  }
  return last
}

const isToken = (thing: object): thing is CST.Token =>
  'type' in thing && 'offset' in thing && typeof thing.offset === 'number'
