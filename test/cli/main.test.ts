import { expect, test } from '@jest/globals'
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { openStore } from '../../src/store/store.js'
import { anAct, NOW } from '../contracts/store-world.js'
import { inFolder } from '../store/folder.js'

const PROGRAM = 'dist/cli/main.js'
const env = { PATH: process.env['PATH'] ?? '' }

/** A ledger whose export is more than a pipe holds. */
const withLedger = (use: (folder: string) => void) =>
  inFolder(async (folder) => {
    const store = await openStore({ dataDir: folder })
    for (let run = 0; run < 4; run++) await store.records.act(anAct({ run, text: 'x'.repeat(50_000) }), NOW)
    await store.close()
    use(folder)
  })

test.each([['audit verify'], ['audit export'], ['lint --help']])(
  '%s onto a full disk says so in one line, and ends with 2',
  (command) =>
    withLedger((folder) => {
      const full = openSync('/dev/full', 'w')
      const data = command.startsWith('audit') ? ['--data', folder] : []
      const ended = spawnSync(process.execPath, [PROGRAM, ...command.split(' '), ...data], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
        env,
      })
      closeSync(full)
      expect({ code: ended.status, err: ended.stderr }).toEqual({
        code: 2,
        err: expect.stringMatching(/^release-gates: standard output cannot be written: .*no space left.*\n$/),
      })
    }),
)

test('a reader that has seen enough ends the command quietly', () =>
  withLedger((folder) => {
    const line = `"${process.execPath}" ${PROGRAM} audit export --data "${folder}" | head -c 1`
    expect(execFileSync('sh', ['-c', `{ ${line}; } 2>&1`], { encoding: 'utf8', env })).toBe('{')
  }))
