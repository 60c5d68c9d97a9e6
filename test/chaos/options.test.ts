import { spawnSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { chaosOptions } from './options.js'

test.each([
  [['--engine', 'bogus'], '--engine is bogus; it must be sqlite or postgres'],
  [['--kills', 'abc'], '--kills is abc; it must be a whole number from 1'],
  [['--kills', '0'], '--kills is 0; it must be a whole number from 1'],
  [['--seed', '1.5'], '--seed is 1.5; it must be a whole number from 0'],
  [['--faults', '20'], '--faults is 20; it must be a part from 0 to 1, like 0.2'],
  [['--pace', ''], '--pace is ; it must be a number above 0'],
])('chaos refuses %j and says what is allowed', (args, says) => {
  expect(() => chaosOptions(args)).toThrow(says)
})

test('chaos takes one engine, or both where none is named', () => {
  expect(chaosOptions(['--engine', 'sqlite', '--kills', '3'])).toMatchObject({ engines: ['sqlite'], kills: 3 })
  expect(chaosOptions([]).engines).toEqual(['sqlite', 'postgres'])
})

test.each([
  ['test/chaos/main.ts', '--engine=bogus', /^--engine is bogus; it must be sqlite or postgres\n$/],
  ['test/chaos/main.ts', '--bogus', /'--bogus'.*\n$/],
  ['test/demo/main.ts', '--bogus', /'--bogus'.*it takes --stay, and nothing else\n$/s],
])('%s %s does nothing and ends with 2', (program, argument, says) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program, argument], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(says) })
})
