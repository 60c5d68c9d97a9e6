import { expect, test } from '@jest/globals'
import { namesSha, parseCommand } from '../../src/policy/commands.js'

test.each([
  ['/approve merge 4f2c1ab', { kind: 'approve-merge', sha: '4f2c1ab', reason: '' }],
  ['/approve merge 4f2c1ab looks right', { kind: 'approve-merge', sha: '4f2c1ab', reason: 'looks right' }],
  ['/approve production 4f2c1ab', { kind: 'approve', environment: 'production', sha: '4f2c1ab', reason: '' }],
  [
    '/approve "my env" 4f2c1ab a reason',
    { kind: 'approve', environment: 'my env', sha: '4f2c1ab', reason: 'a reason' },
  ],
  ['/approve "merge" 4f2c1ab', { kind: 'approve', environment: 'merge', sha: '4f2c1ab', reason: '' }],
  ['/approve "a \\"b\\" \\\\ c" 4f2c1ab', { kind: 'approve', environment: 'a "b" \\ c', sha: '4f2c1ab', reason: '' }],
  [
    '/reject production 4f2c1ab not today',
    { kind: 'reject', environment: 'production', sha: '4f2c1ab', reason: 'not today' },
  ],
  ['/release production 4f2c1ab', { kind: 'release', environment: 'production', sha: '4f2c1ab', reason: '' }],
  [
    '/override production 4f2c1ab the shop is down',
    { kind: 'override', environment: 'production', sha: '4f2c1ab', reason: 'the shop is down' },
  ],
  [
    '/review production 4f2c1ab the shop was down indeed',
    { kind: 'review', environment: 'production', sha: '4f2c1ab', reason: 'the shop was down indeed' },
  ],
  ['/gates', { kind: 'gates' }],
  ['/approve merge 4f2c1ab  \r\nThank you!', { kind: 'approve-merge', sha: '4f2c1ab', reason: '' }],
])('%j is a command', (body, command) => {
  expect(parseCommand(body)).toEqual(command)
})

test.each([
  'approve merge 4f2c1ab',
  'Please /approve merge 4f2c1ab',
  '> /approve merge 4f2c1ab',
  '`/approve merge 4f2c1ab`',
  '```\n/approve merge 4f2c1ab\n```',
  '    /approve merge 4f2c1ab',
  ' /approve merge 4f2c1ab',
  '<!-- /approve merge 4f2c1ab -->',
  '\n/approve merge 4f2c1ab',
  'Hi\n/approve merge 4f2c1ab',
  '<details>\n/approve merge 4f2c1ab',
  '\u200b/approve merge 4f2c1ab',
  '/approved merge 4f2c1ab',
  '/deploy production',
  '- /approve merge 4f2c1ab',
  '',
])('TX-04 %j is none', (body) => {
  expect(parseCommand(body)).toBeNull()
})

test.each([
  ['/Approve merge 4f2c1ab', 'lower case'],
  ['/approve', 'ENVIRONMENT SHA'],
  ['/approve merge', 'ENVIRONMENT SHA'],
  ['/approve my env 4f2c1ab"', null],
  ['/approve "my env 4f2c1ab', 'double quotes'],
  ['/reject production 4f2c1ab', 'needs a reason'],
  ['/override production 4f2c1ab', 'needs a reason'],
  ['/reject merge 4f2c1ab no', 'quoted'],
  ['/approve merge 4f2c1ab \u202egood', 'cannot be seen'],
  ['/approve merge 4f2c1ab\u0007', 'cannot be seen'],
  ['/approve me\u200brge 4f2c1ab', 'cannot be seen'],
  ['/approve merge 4f2c1ab <!-- not --> ok', 'hidden'],
])('%j is refused, with words', (body, words) => {
  const read = parseCommand(body)
  if (words === null) expect(read).toMatchObject({ environment: 'my', sha: 'env' })
  else expect(read).toEqual({ problem: expect.stringContaining(words) })
})

test('a SHA is named by the whole of it or its first seven digits', () => {
  const sha = '4f2c1ab9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f'
  expect(namesSha(sha, sha)).toBe(true)
  expect(namesSha('4F2C1AB', sha)).toBe(true)
  expect(namesSha('4f2c1a', sha)).toBe(false)
  expect(namesSha('f2c1ab9', sha)).toBe(false)
  expect(namesSha(`${sha}0`, sha)).toBe(false)
  expect(namesSha('c1', 'c1')).toBe(true)
})
