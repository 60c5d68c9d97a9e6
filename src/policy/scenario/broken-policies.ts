import { reportOn } from '../reading/problems.js'
import { readYaml } from '../reading/yaml.js'

/** A scenario file without the inline policies that are no YAML, and their texts by what stands in their place. */
export interface Readable {
  readonly text: string
  readonly taken: ReadonlyMap<string, string>
}

interface Stretch {
  readonly from: number
  readonly to: number
}

/**
 * Takes inline policies that cannot be read out of a scenario file, so that only the scenarios that name them are about
 * an invalid policy. Lines keep their numbers. Asked only where the file cannot be read as it is.
 */
export const withoutBroken = (text: string): Readable => {
  const taken = new Map<string, string>()
  const parts: string[] = []
  let at = 0
  for (const { from, to } of stretchesIn(text)) {
    const own = blankedBut(text, { from, to })
    if (from < at || isYaml(own)) continue
    const mark = ` "a policy that cannot be read ${taken.size + 1}"`
    taken.set(mark.slice(2, -1), own)
    parts.push(text.slice(at, from), mark, text.slice(from, to).replace(/[^\n]+/g, ''))
    at = to
  }
  return { text: [...parts, text.slice(at)].join(''), taken }
}

const isYaml = (text: string): boolean => readYaml(text, reportOn(''), { anyText: true }) !== null

/** The text with nothing but one stretch of it, at the line and column where it stood. */
export const blankedBut = (text: string, { from, to }: Stretch): string => {
  const before = text.slice(0, from)
  return `${before.replace(/[^\n]+$/, '').replace(/[^\n]/g, '')}${' '.repeat(from - before.lastIndexOf('\n') - 1)}${text.slice(from, to)}`
}

const POLICY = /(?:policy|organisation)[ \t]*:(?=[ \t\n{[])[ \t]*/y
const IN_BRACES = /[{,][ \t]*(?=(?:policy|organisation)[ \t]*:[ \t]*\{)/g

/** Where the values of `policy` and `organisation` stand, as far as indentation and braces tell. */
const stretchesIn = (text: string): readonly Stretch[] => {
  const found: Stretch[] = []
  for (const line of linesOf(text)) {
    const block = valueAt(text, line.from + line.column)
    if (block !== null && line.isKey) found.push({ from: block, to: endOfBlock(text, line, block) })
    if (!line.isItem) continue
    for (const { index, 0: match } of text.slice(line.from, line.to).matchAll(IN_BRACES)) {
      const from = valueAt(text, line.from + index + match.length)
      if (from !== null) found.push({ from, to: endOfBraces(text, from) })
    }
  }
  return found
}

const valueAt = (text: string, at: number): number | null => {
  POLICY.lastIndex = at
  const match = POLICY.exec(text)
  return match === null ? null : at + match[0].length
}

interface Line {
  readonly from: number
  readonly to: number
  /** Where its first key begins, after spaces and an item's dash. */
  readonly column: number
  readonly isItem: boolean
  /** It begins with a key of the file, of `defaults` or of a scenario. */
  readonly isKey: boolean
}

/** Lines of the file; those in whose column keys of the file, of its defaults and of its scenarios begin are told. */
const linesOf = (text: string): readonly Line[] => {
  let from = 0
  let section = ''
  let column = -1
  return text.split('\n').map((line): Line => {
    const start = from
    from += line.length + 1
    const [, spaces = '', dash = ''] = /^( *)(-[ \t]+)?/.exec(line) ?? []
    const own = spaces.length + dash.length
    const isItem = dash !== '' && section === 'scenarios'
    if (own === 0 && /^\w/.test(line)) {
      section = /^\w+/.exec(line)?.[0] ?? ''
      column = -1
    } else if (isItem ? column === -1 || spaces.length < column : column === -1 && section === 'defaults' && own > 0)
      column = own
    const isKey = own === 0 || own === column
    return { from: start, to: start + line.length, column: own, isItem: isItem && own === column, isKey }
  })
}

/** A value goes on over blank lines, comments, and lines that are further in than its key. */
const endOfBlock = (text: string, { to, column }: Line, from: number): number => {
  let end = Math.max(to, from)
  let at = to + 1
  for (const line of text.slice(at).split('\n')) {
    const indent = line.search(/\S/)
    if (indent !== -1 && indent <= column && line[indent] !== '#') break
    at += line.length + 1
    if (indent > column) end = at - 1
  }
  return Math.min(end, text.length)
}

/** After the brace that closes the one at `from`; the end of its line, where none does. */
const endOfBraces = (text: string, from: number): number => {
  let depth = 0
  let quote = ''
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if (character === '{' || character === '[') depth += 1
    else if ((character === '}' || character === ']') && (depth -= 1) === 0) return at + 1
  }
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}
