import { awaitedBy } from './awaited.js'
import { capital, cut, listOf, TITLE, type Style } from './text.js'
import { wordsOf } from './words.js'
import type { Finding, Outcome, Verdict } from '../verdict.js'

const LONGEST = 140

/** A verdict in at most 140 characters of plain text: what it waits for, or what is in the way. */
export const titleOf = (verdict: Verdict): string => cut(headlineOf(verdict, TITLE, LONGEST), LONGEST)

/** The same in another style, as long as its parts make it; parts that have no room are counted. */
export const headlineOf = (verdict: Verdict, style: Style, room: number): string => {
  switch (verdict.decision) {
    case 'allow':
      return `${OPEN[verdict.kind]}: ${verdict.overridden === true ? 'an override lifted what was missing' : 'every rule is met'}`
    case 'wait':
      return waiting(verdict.findings, style, room)
    case 'deny':
    case 'undecided': {
      const reasons = reasonsOf(verdict.findings, verdict.decision)
      return (
        capital(
          joined(
            reasons.map((finding) => wordsOf(finding, style)),
            room,
          ),
        ) || NO_REASON
      )
    }
  }
}

const OPEN = {
  merge: 'Ready to merge',
  policy: 'Ready to merge',
  push: 'What landed is in order',
  release: 'Ready to release',
} as const

const NO_REASON = 'Closed, and no rule tells why'

/** As many as fit, then how many more there are. */
const joined = (parts: readonly string[], room: number): string => {
  const each = [...new Set(parts)].filter((part) => part !== '')
  const whole = listOf(each)
  if (whole.length <= room || each.length === 1) return whole
  const kept: string[] = []
  for (const part of each) {
    if ([...kept, part].join(', ').length > room - REST) break
    kept.push(part)
  }
  const shown =
    kept.length > 0 ? kept : each.slice(0, 1).map((part) => (room === LONGEST ? cut(part, room - REST) : part))
  return `${shown.join(', ')} and ${each.length - shown.length} more`
}

/** Room for ` and 99 more`. */
const REST = 14

/** The findings with words of their own that made the decision; each child stands for the combination it is in. */
export const reasonsOf = (findings: readonly Finding[], outcome: Outcome): readonly Finding[] =>
  findings.flatMap((finding): readonly Finding[] => {
    if (finding.lifted === true || finding.outcome !== outcome) return []
    const inside = finding.rule === 'not' && outcome !== 'undecided' ? [] : reasonsOf(finding.children ?? [], outcome)
    return inside.length > 0 ? inside : [finding]
  })

interface Awaiting {
  /** Things that are waited for, each by itself needed. */
  readonly nouns: readonly string[]
  readonly sentences: readonly string[]
}

/** What each finding waits for; of an `any` one of several is enough. */
const awaiting = (findings: readonly Finding[], style: Style): Awaiting => {
  const parts = findings
    .filter(({ lifted, outcome }) => lifted !== true && outcome === 'wait')
    .map((finding): Awaiting => {
      const inside = awaiting(finding.rule === 'not' ? [] : (finding.children ?? []), style)
      if (inside.nouns.length + inside.sentences.length === 0) return own(finding, style)
      return finding.rule === 'any' ? oneOf(finding, style) : inside
    })
  return { nouns: parts.flatMap(({ nouns }) => nouns), sentences: parts.flatMap(({ sentences }) => sentences) }
}

const own = (finding: Finding, style: Style): Awaiting => {
  const noun = awaitedBy(finding, style)
  return noun === null ? { nouns: [], sentences: [wordsOf(finding, style)] } : { nouns: [noun], sentences: [] }
}

const oneOf = ({ children = [] }: Finding, style: Style): Awaiting => {
  const ways = children
    .map((child) => awaiting([child], style))
    .filter(({ nouns, sentences }) => nouns.length + sentences.length > 0)
  const texts = [...new Set(ways.map(({ nouns, sentences }) => listOf([...nouns, ...sentences])))]
  const [only] = ways
  if (ways.length === 1 && only !== undefined) return only
  if (ways.every(({ nouns }) => nouns.length === 0)) return { nouns: [], sentences: [listOf(texts, 'or')] }
  return { nouns: [texts.length === 1 ? (texts[0] ?? '') : `either ${listOf(texts, 'or')}`], sentences: [] }
}

/** What has no noun of its own is told first, as the sentence that it is. */
const waiting = (findings: readonly Finding[], style: Style, room: number): string => {
  const { nouns, sentences } = awaiting(findings, style)
  if (sentences.length > 0)
    return capital(
      joined([...sentences, ...nouns.map((noun, index) => (index === 0 ? `waits for ${noun}` : noun))], room),
    )
  if (nouns.length === 0) return 'Waiting, and no rule tells for what'
  const whole = `${WAITING}${joined(nouns, room - WAITING.length)}`
  const told = reasonsOf(findings, 'wait')
  const [first] = told
  return told.length === 1 && first !== undefined ? withMiss(whole, first, style, room) : whole
}

const WAITING = 'Waiting for '

/** With why the only approval that was given does not count, where that has room. */
const withMiss = (title: string, { values: { ignored }, rule }: Finding, style: Style, room: number): string => {
  if (rule !== 'approval' || !Array.isArray(ignored)) return title
  const whys: readonly { readonly by?: unknown; readonly why?: unknown }[] = ignored
  const [first] = whys
  const why = typeof first?.why === 'string' ? SHORTLY[first.why] : undefined
  if (why === undefined || typeof first?.by !== 'string') return title
  const miss = `${title}; ${style.name(first.by)} ${why}`
  return miss.length <= room ? miss : title
}

const SHORTLY: Readonly<Record<string, string>> = {
  commit: 'approved another commit',
  attempt: 'approved another attempt',
  retargeted: 'approved before the base branch was changed',
  lapsed: 'approved too long ago',
  channel: 'approved in a way that does not count here',
  reason: 'gave no reason',
  not_in_group: 'is not in that group',
  author: 'wrote it, and cannot',
  contributors: 'contributed to it, and cannot',
  merger: 'merged it, and cannot',
  deployer: 'started or released it, and cannot',
}
