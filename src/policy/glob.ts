/** A glob or pattern that cannot be used, said so that an author can mend it. */
export class PatternProblem extends Error {
  override readonly name = 'PatternProblem'
}

interface Part {
  readonly source: string
  readonly next: number
}

const special = /[*?[\]{}\\]/
const meta = /[\\^$.*+?()[\]{}|/-]/

/** True when the glob has nothing to expand, so that it fits exactly itself. */
export const isLiteral = (glob: string): boolean => !special.test(glob)

const escaped = (char: string): string => (meta.test(char) ? `\\${char}` : char)

const star = (glob: string, at: number): Part => {
  if (glob[at + 1] !== '*') return { source: wholeSegment(glob, at, 1) ? '[^/]+' : '[^/]*', next: at + 1 }
  if (!wholeSegment(glob, at, 2)) return { source: '.*', next: at + 2 }
  return glob[at + 2] === '/' ? { source: '(?:.*/)?', next: at + 3 } : { source: '.+', next: at + 2 }
}

const wholeSegment = (glob: string, at: number, length: number): boolean =>
  (at === 0 || glob[at - 1] === '/') && (at + length === glob.length || glob[at + length] === '/')

const bracket = (glob: string, at: number): Part => {
  const end = glob.indexOf(']', at + 2)
  if (end === -1) throw new PatternProblem('must close every `[`')
  const inside = glob.slice(at + 1, end)
  if (inside.startsWith('!') || inside.startsWith('^'))
    throw new PatternProblem('must not be negated: `[!…]` is not known')
  return { source: `[${bracketMembers(inside)}]`, next: end + 1 }
}

const bracketMembers = (inside: string): string => {
  let source = ''
  for (let at = 0; at < inside.length; at += 1) {
    const [from = '', dash, to] = inside.slice(at, at + 3)
    const isRange = dash === '-' && to !== undefined
    if (isRange && from > to) throw new PatternProblem(`must not run backwards: \`${from}-${to}\``)
    if (isRange ? from <= '/' && to >= '/' : from === '/') throw new PatternProblem('must not fit `/` with `[…]`')
    source += isRange ? `${escaped(from)}-${escaped(to)}` : escaped(from)
    if (isRange) at += 2
  }
  return source
}

const one = (glob: string, at: number, inBraces: boolean): Part => {
  const char = glob[at] ?? ''
  switch (char) {
    case '*':
      return star(glob, at)
    case '?':
      return { source: '[^/]', next: at + 1 }
    case '[':
      return bracket(glob, at)
    case '{':
      return braces(glob, at)
    case ']':
    case '}':
      throw new PatternProblem(`must open every \`${char}\``)
    case '\\':
      throw new PatternProblem(
        `\`\\\` has no meaning in a glob; put the character in brackets: \`[${glob[at + 1] ?? '*'}]\``,
      )
    case ',':
      return { source: inBraces ? '|' : ',', next: at + 1 }
    default:
      return { source: escaped(char), next: at + 1 }
  }
}

const braces = (glob: string, at: number): Part => {
  let source = ''
  let next = at + 1
  while (next < glob.length && glob[next] !== '}') {
    const part = one(glob, next, true)
    source += part.source
    next = part.next
  }
  if (next >= glob.length) throw new PatternProblem('must close every `{`')
  return { source: `(?:${source})`, next: next + 1 }
}

/**
 * An RE2 pattern that fits the whole value exactly where the glob does: `*` and `?` stop at `/`, `**` does not, `{a,b}`
 * is either, `[abc]` and `[a-z]` one of these.
 * @throws {PatternProblem} when the glob is negated, unclosed or empty.
 */
export const globSource = (glob: string): string => {
  if (glob === '') throw new PatternProblem('must not be empty')
  if (glob.startsWith('!'))
    throw new PatternProblem('must not begin with `!`: globs know no negation; name what fits, or use `except`')
  let source = ''
  for (let at = 0; at < glob.length;) {
    const part = one(glob, at, false)
    source += part.source
    at = part.next
  }
  return source
}
