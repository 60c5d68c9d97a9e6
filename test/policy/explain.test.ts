import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { logins, messageOf, reportOf, terminalOf, titleOf } from '../../src/policy/words/explain.js'
import { codeSpan, plainText } from '../../src/policy/words/text.js'
import { wordsOf } from '../../src/policy/words/words.js'
import { MARKDOWN, PLAIN } from '../../src/policy/words/text.js'
import { userId, type Person } from '../../src/policy/facts.js'
import { CODES, type Finding, type Verdict } from '../../src/policy/verdict.js'

const person = (login: string, id: number): Person => ({ id: userId(id), login, kind: 'user' })
const verdict = (
  decision: Verdict['decision'],
  findings: readonly Finding[],
  more: Partial<Verdict> = {},
): Verdict => ({
  kind: 'release',
  gate: 'production',
  decision,
  applies: true,
  findings,
  asked: [],
  ...more,
})
const approval = (more: Partial<Finding> = {}): Finding => ({
  rule: 'approval',
  outcome: 'wait',
  code: 'approval_missing',
  values: { from: 'delivery-managers', count: 2, approved: ['dan'] },
  ...more,
})
const at = (iso: string) => Date.parse(iso)

describe('a title', () => {
  test('says how many approvals are waited for, and from whom', () => {
    expect(titleOf(verdict('wait', [approval()]))).toBe('Waiting for 1 approval from delivery-managers')
    expect(titleOf(verdict('wait', [approval({ name: 'Go-live' })]))).toBe('Waiting for 1 approval from “Go-live”')
  })
  test('joins several reasons', () => {
    const window: Finding = {
      rule: 'window',
      outcome: 'wait',
      code: 'window_closed',
      values: { opensAt: at('2026-11-24T08:00:00Z') },
    }
    expect(titleOf(verdict('wait', [approval(), window]))).toBe(
      'Waiting for 1 approval from delivery-managers and the window to open at Tue 24 Nov 2026, 08:00 UTC',
    )
  })
  test('says that it is ready', () => {
    expect(titleOf(verdict('allow', []))).toBe('Ready to release: every rule is met')
    expect(titleOf(verdict('allow', [], { kind: 'merge' }))).toBe('Ready to merge: every rule is met')
    expect(titleOf(verdict('allow', [], { overridden: true }))).toBe(
      'Ready to release: an override lifted what was missing',
    )
  })
  test('of a denial names what denies, and not what waits', () => {
    const rejection: Finding = {
      rule: 'rejection',
      outcome: 'deny',
      code: 'approval_rejected',
      values: { by: ['lena'] },
    }
    expect(titleOf(verdict('deny', [approval(), rejection]))).toBe('Rejected by lena')
  })
  test('of what is undecided names the fact', () => {
    const unknown: Finding = {
      rule: 'approval',
      outcome: 'undecided',
      code: 'fact_unknown',
      values: { fact: 'teams/leads', reason: '404' },
    }
    expect(titleOf(verdict('undecided', [unknown]))).toBe('The team leads could not be read: 404')
  })
  test('looks into combinations, and past what is lifted', () => {
    const any: Finding = {
      rule: 'any',
      outcome: 'wait',
      values: {},
      children: [approval(), approval({ values: { from: 'leads', count: 1, approved: [] } })],
    }
    const lifted: Finding = { rule: 'checks', outcome: 'wait', code: 'check_missing', values: {}, lifted: true }
    expect(titleOf(verdict('wait', [any, lifted]))).toBe(
      'Waiting for either 1 approval from delivery-managers or 1 approval from leads',
    )
  })
  test('never has more than 140 characters, and counts what it leaves out', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      approval({ values: { from: `a-team-with-a-long-name-${index}`, count: 1, approved: [] } }),
    )
    const title = titleOf(verdict('wait', many))
    expect(title.length).toBeLessThanOrEqual(140)
    expect(title).toMatch(/ and \d+ more$/)
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        (name) => titleOf(verdict('wait', [approval({ name })])).length <= 140,
      ),
    )
  })
})

describe('a report', () => {
  const who = {
    may: [person('dan', 1), person('dee', 2)],
    mayNot: [{ person: person('dora', 3), code: 'approver_involved' as const }],
  }
  const place = { file: '.github/release-gates.yml', line: 14, column: 7 }

  test('tells who can act, who cannot and why, the layer and the place', () => {
    const report = reportOf(verdict('wait', [approval({ who, layer: 'repository environment', place })]), {
      repository: 'acme/shop',
      sha: '4f2c1ab9d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6',
      subject: '#7',
    })
    expect(report).toContain('The release gate of `production` for `#7` at `4f2c1ab` in `acme/shop` is waiting.')
    expect(report).toContain(
      '- ⏳ **approval**: 1 of 2 approvals from delivery-managers (repository environment, `.github/release-gates.yml:14:7`)',
    )
    expect(report).toContain('  - dan or dee can approve.')
    expect(report).toContain('  - dora cannot approve: dora has a part in it.')
  })
  test('tells why each act was ignored', () => {
    const values = {
      from: 'leads',
      count: 1,
      approved: [],
      ignored: [{ by: 'lena', code: 'approval_stale', why: 'commit' }],
    }
    expect(reportOf(verdict('wait', [approval({ values })]))).toContain(
      'The approval by lena does not count: it is of another commit than this.',
    )
  })
  test('shows the tree, and when the gate looks again', () => {
    const when: Finding = { rule: 'when', outcome: 'wait', values: { holds: true }, children: [approval()] }
    const report = reportOf(verdict('wait', [when], { lookAgainAt: at('2026-11-24T08:00:00Z') }))
    expect(report).toMatch(/- ⏳ \*\*when\*\*: it applies here, and is not met\n {2}- ⏳ \*\*approval\*\*/)
    expect(report).toContain('The gate looks again at Tue 24 Nov 2026, 08:00 UTC.')
  })
  test('calls nobody', () => {
    const values = { from: '@acme/leads', count: 1, approved: ['@lena'], objectors: ['@leo'] }
    const report = reportOf(verdict('wait', [approval({ values, name: 'ask @everybody' })]), { subject: '@acme' })
    expect(report.replace(/`+[^`]*`+/g, '')).not.toMatch(/@\w/)
    expect(titleOf(verdict('wait', [approval({ values })]))).not.toMatch(/@\w/)
    expect(logins([person('lena', 1), person('x@y', 2)])).toBe('lena and `x@y`')
  })
  test('TX-08 TX-12 whatever a user wrote is shown as it is and does nothing', () => {
    const hostile = '`</details><img src=x onerror=1>`\n# Approved by CTO\n[x](http://evil) \u202e @lena ::set-env'
    for (const code of CODES) {
      const values = {
        found: hostile,
        value: 'title',
        ref: hostile,
        branch: hostile,
        reason: hostile,
        fact: hostile,
        files: [hostile],
        paths: [hostile],
        from: hostile,
        in: hostile,
        problems: [hostile],
      }
      const report = reportOf(verdict('deny', [{ rule: 'title', outcome: 'deny', code, values }]))
      const outside = withoutCode(report)
      expect(outside).not.toMatch(/<img|<\/details|\]\(http|^# |@lena|\u202e/m)
    }
  })
  test('has at most 65,000 characters, whole findings only, and counts the rest', () => {
    const report = reportOf(
      verdict(
        'wait',
        Array.from({ length: 2000 }, () => approval({ place })),
      ),
    )
    expect(report.length).toBeLessThanOrEqual(65_000)
    expect(report).toMatch(/\n\n[\d,]+ more findings not shown, for want of room\.\n$/)
  })
  test('a message has at most 1,024 characters', () => {
    const message = messageOf(
      verdict(
        'wait',
        Array.from({ length: 50 }, (_, index) => approval({ name: `n${index}`, who })),
      ),
    )
    expect(message.length).toBeLessThanOrEqual(1024)
    expect(message).toContain('dan or dee can approve.')
  })
})

/** What is left as Markdown when escaped characters and code spans are taken out, as GitHub reads them. */
const withoutCode = (markdown: string): string => markdown.replace(/\\[\s\S]|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')

describe('a code span', () => {
  test('has a fence longer than any run of back-quotes in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n', '@') }), (text) => {
        const span = codeSpan(text)
        expect(withoutCode(span)).toBe('')
        expect(span).not.toContain('\n')
      }),
    )
  })
  test('shows what cannot be seen as its code point', () => {
    expect(plainText('a\u202eb\u0000c\u200bd\u001b[31m')).toBe('a\\u{202e}b\\u{0}c\\u{200b}d\\u{1b}[31m')
  })
})

describe('words', () => {
  test.each(CODES)('%s has words in both styles, also where its values are missing', (code) => {
    for (const style of [MARKDOWN, PLAIN]) {
      const words = wordsOf({ rule: 'x', outcome: 'wait', code, values: {} }, style)
      expect(words).not.toMatch(/undefined|null|NaN|\[object/)
      expect(words.length).toBeGreaterThan(5)
    }
  })
  test('of a predicate that must not hold tell what holds, not its opposite', () => {
    const author: Finding = { rule: 'author', outcome: 'allow', values: { in: 'core', authors: ['cora'] } }
    const draft: Finding = { rule: 'draft', outcome: 'allow', values: { draft: true } }
    const not = (child: Finding): Finding => ({
      rule: 'not',
      outcome: 'deny',
      code: 'author_not_allowed',
      values: child.values,
      children: [child],
    })
    expect(wordsOf(not(author), PLAIN)).toBe('not allowed here: written by cora')
    expect(wordsOf(not(draft), PLAIN)).toBe('not allowed here: it is a draft')
    expect(wordsOf(not({ rule: 'any', outcome: 'allow', values: {}, children: [author, draft] }), PLAIN)).toBe(
      'not allowed here: written by cora and it is a draft',
    )
  })
  test('tell the time of the policy’s zone, and UTC', () => {
    const values = { opensAt: at('2026-11-23T23:30:00Z'), timezone: 'Europe/Berlin' }
    expect(wordsOf({ rule: 'window', outcome: 'wait', code: 'window_closed', values }, PLAIN)).toBe(
      'no window is open; the next opens at Tue 24 Nov 2026, 00:30 Europe/Berlin (Mon 23 Nov, 23:30 UTC)',
    )
  })
  test('no values make them fail', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CODES),
        fc.dictionary(
          fc.constantFrom('open', 'weak', 'missing', 'files', 'from', 'until', 'count', 'overdue'),
          fc.jsonValue(),
        ),
        (code, values) => {
          expect(typeof wordsOf({ rule: 'x', outcome: 'wait', code, values: values as Finding['values'] }, PLAIN)).toBe(
            'string',
          )
        },
      ),
    )
  })
  test('say what a protected branch lacks', () => {
    const values = { branch: 'main', weak: [{ key: 'pull_request.approvals', asked: 2, found: 1 }] }
    expect(wordsOf({ rule: 'protected', outcome: 'wait', code: 'protection_weak', values }, PLAIN)).toBe(
      'GitHub does not protect main as asked: pull_request.approvals is 1 and must be 2',
    )
  })
})

describe('a terminal', () => {
  test('shows the tree with codes, in colour only where wanted', () => {
    const shown = terminalOf(verdict('wait', [approval()]), { colour: false })
    expect(shown).toBe(
      '… release production: Waiting for 1 approval from delivery-managers\n  … approval: 1 of 2 approvals from delivery-managers [approval_missing]\n',
    )
    expect(terminalOf(verdict('wait', [approval()]), { colour: true })).toContain('\u001b[33m…\u001b[0m')
  })
  test('TX-10 gets no escape sequence or line break of a user', () => {
    const shown = terminalOf(verdict('wait', [approval({ name: 'a\u001b[2J\nb' })]), { colour: false })
    expect(shown).toContain('a\\u{1b}[2J b')
    expect(shown).not.toContain('\u001b')
  })
})
