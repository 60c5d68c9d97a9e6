import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { messageOf, reportOf, terminalOf, titleOf } from '../../src/policy/words/explain.js'
import { userId } from '../../src/policy/facts.js'
import { CODES, type Finding, type Verdict } from '../../src/policy/verdict.js'

/** What somebody hostile could have chosen, and what nobody would think of. */
const words = fc.oneof(
  fc.constantFrom(
    '@lena',
    'https://evil.example/a',
    'www.evil.example',
    '![x](http://evil.example)',
    '</details><img src=x onerror=1>',
    '`` ` ``',
    'a\u001b[2Jb',
    '\u202egnp.exe',
    '**open**',
    '# Approved',
    '#7',
    '\\',
    'x'.repeat(500),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.lorem({ maxCount: 40 }),
)
const logins = fc.array(words, { maxLength: 14 })
const instants = fc.oneof(fc.integer(), fc.double(), fc.constant(Date.UTC(2026, 10, 24, 8)))
const maps = fc.array(
  fc.dictionary(fc.constantFrom('name', 'code', 'by', 'why', 'for', 'in', 'headings', 'key', 'found', 'asked'), words, {
    maxKeys: 4,
  }),
  { maxLength: 12 },
)
const values = fc.record(
  {
    from: words,
    in: words,
    count: fc.nat(5),
    approved: logins,
    ignored: fc.array(
      fc.record({ by: words, why: fc.constantFrom('commit', 'author', 'not_in_group', 'app', 'odd') }),
      {
        maxLength: 20,
      },
    ),
    objectors: logins,
    open: maps,
    weak: maps,
    missing: maps,
    files: logins,
    reason: words,
    fact: fc.oneof(words, fc.constantFrom('teams/leads', 'files', 'policy')),
    problems: logins,
    ref: words,
    found: words,
    value: words,
    matches: logins,
    opensAt: instants,
    until: instants,
    timezone: fc.constantFrom('Europe/Berlin', 'Asia/Kolkata', 'Mars/Base'),
    wrong: logins,
    channels: fc.array(fc.constantFrom('page', 'comment', 'review'), { maxLength: 3 }),
  },
  { requiredKeys: [] },
)
const outcomes = fc.constantFrom('allow', 'wait', 'deny', 'undecided', 'inactive')
const person = words.map((login) => ({ id: userId(1), login, kind: 'user' as const }))
const { finding } = fc.letrec<{ finding: Finding }>((tie) => ({
  finding: fc.record(
    {
      rule: fc.constantFrom('approval', 'checks', 'any', 'all', 'when', 'not', 'gate', 'freeze', 'override', 'title'),
      outcome: outcomes,
      code: fc.constantFrom(...CODES),
      values: values,
      name: words,
      lifted: fc.boolean(),
      who: fc.record({ may: fc.array(person), mayNot: fc.constant([]) }),
      place: fc.record({ file: words, line: fc.nat(), column: fc.nat() }),
      also: fc.constant(['unsatisfiable'] as const),
      children: fc.array(tie('finding'), { maxLength: 3 }),
    },
    { requiredKeys: ['rule', 'outcome', 'values'] },
  ),
}))
const verdicts = fc.record(
  {
    kind: fc.constantFrom('merge', 'policy', 'push', 'release'),
    gate: words,
    decision: fc.constantFrom('allow', 'wait', 'deny', 'undecided'),
    applies: fc.constant(true),
    findings: fc.array(finding, { maxLength: 6 }),
    asked: fc.constant([]),
    lookAgainAt: instants,
  },
  { requiredKeys: ['kind', 'gate', 'decision', 'applies', 'findings', 'asked'] },
) as unknown as fc.Arbitrary<Verdict>

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
/** What is left when code spans are taken out, as GitHub reads them. */
const withoutCode = (markdown: string): string => markdown.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')

test('a title has 1 to 140 characters on one line, and is cut after a whole word', () => {
  fc.assert(
    fc.property(verdicts, (verdict) => {
      const title = titleOf(verdict)
      expect(title.trim()).not.toBe('')
      expect(title.length).toBeLessThanOrEqual(140)
      expect(title).not.toMatch(UNSEEN)
      expect(title).not.toMatch(/@\w/)
      expect(title).not.toMatch(/\\(u(\{[0-9a-f]*)?)?…/)
      expect(title).not.toMatch(/undefined|\[object|NaN/)
    }),
    { numRuns: 120 },
  )
})

test('a title that is cut ends where a word of the whole ends', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 30, maxLength: 60 }), (each) => {
      const whole = each.join(' ')
      const values_ = { fact: 'files', reason: whole }
      const found: Finding = { rule: 'size', outcome: 'undecided', code: 'fact_unknown', values: values_ }
      const title = titleOf({
        kind: 'merge',
        gate: 'main',
        decision: 'undecided',
        applies: true,
        findings: [found],
        asked: [],
      })
      const [shown = ''] = title.replace('The changed files could not be read: ', '').split('…')
      expect(whole.startsWith(`${shown} `)).toBe(true)
    }),
  )
})

test('nothing that somebody wrote is a mention, a link, an image, HTML or a heading in a report or a message', () => {
  fc.assert(
    fc.property(verdicts, (verdict) => {
      const report = reportOf(verdict, { sha: 'a'.repeat(40), subject: '#7', repository: 'acme/shop' })
      const message = messageOf(verdict, { sha: 'a'.repeat(40) })
      for (const text of [report, message]) {
        const outside = withoutCode(text)
        expect(outside).not.toMatch(/@\w|<\w|<\/|\]\(|!\[|https?:|www\.|^#/m)
        expect(text.replaceAll('\n', '')).not.toMatch(UNSEEN)
      }
      expect(report.length).toBeLessThanOrEqual(65_535)
      expect(message.length).toBeLessThanOrEqual(1_024)
    }),
    { numRuns: 120 },
  )
})

test('a terminal gets no control character that somebody wrote', () => {
  fc.assert(
    fc.property(verdicts, (verdict) => {
      const shown = terminalOf(verdict, { colour: false, target: { sha: 'a'.repeat(40) } })
      expect(shown.replaceAll('\n', '')).not.toMatch(UNSEEN)
    }),
    { numRuns: 120 },
  )
})
