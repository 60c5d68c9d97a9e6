import { expect, test } from '@jest/globals'
import { missingHeadings } from '../../src/policy/evidence/documents.js'
import { formatDuration, parseDuration } from '../../src/policy/time/duration.js'

const lacks = (body: string) => missingHeadings(['Rollback plan'], { body, owner: {} }).length > 0

test.each([
  '# Rollback plan\nRedeploy the last one.',
  '###### rollback PLAN ######\n\ntext',
  '## **Rollback** _plan_\nx',
  'Rollback plan\n=====\nx',
  'Rollback plan\n---\nx',
  '## Rollback plan\n### How\nRedeploy.',
  '## Rollback plan\n- [x] done',
  '## Rollback plan\n<!-- say how --> Redeploy.',
  '## Rollback plan\n\n## Rollback plan\nx',
  '   ## Rollback plan\nx',
  '```\ncode\n```\n## Rollback plan\nx',
  '## Rollback plan\r\nx\r\n',
  '<!--\n```\n-->\n## Rollback plan\nx',
  '## Rollback plan\n```\nrun\n```\nLike so.',
])('%j has the heading with text under it', (body) => {
  expect(lacks(body)).toBe(false)
})

test.each([
  '',
  'Rollback plan',
  '## Rollback plan',
  '## Rollback plan\n\n## Next\nx',
  '## Rollback plan\n<!-- Redeploy. -->',
  '## Rollback plan\n```\nredeploy\n```',
  '```\n## Rollback plan\n```\nx',
  '<!--\n## Rollback plan\nx\n-->',
  '<!-- ## Rollback plan\nx',
  '#Rollback plan\nx',
  '    ## Rollback plan\nx',
  '## Rollback plan B\nx',
  '## Rollback plan\n- [ ]\n---',
  '~~~\n## Rollback plan\nx',
  '## Rollback plan\n\n    redeploy',
  '> ## Rollback plan\n\nx',
  '# Rollback plan\n# Other\n## More\nx',
  '````\n```\n## Rollback plan\n````\nx',
])('%j has not', (body) => {
  expect(lacks(body)).toBe(true)
})

test('durations are whole seconds, minutes, hours or days', () => {
  expect(['90s', '30m', '24h', '7d', '0s'].map(parseDuration)).toEqual([90_000, 1_800_000, 86_400_000, 604_800_000, 0])
  expect(['', '5', '5 m', '1h30m', '-1h', '1.5h', '1w', '5M', 'h'].map(parseDuration)).toEqual(Array(9).fill(null))
  expect([90_000, 1_800_000, 86_400_000, 604_800_000, 1].map(formatDuration)).toEqual(['90s', '30m', '1d', '7d', '1s'])
})
