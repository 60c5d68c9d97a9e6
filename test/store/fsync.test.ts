import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { inFolder } from './folder.js'

const run = promisify(execFile)
const child = (name: string): string => join(import.meta.dirname, 'children', name)

interface Accepted {
  readonly how: 'alone' | 'together'
  readonly before: number
  readonly after: number
}

/** Kernel and disk are trusted from fsync on; that it is called, and when, only the call itself shows: kill -9 does not. */
const acceptedIn = async (folder: string): Promise<readonly Accepted[]> => {
  const library = join(folder, 'count-fsync.so')
  const counter = join(folder, 'count')
  await run('cc', ['-shared', '-fPIC', '-O1', '-o', library, child('count-fsync.c'), '-ldl'])
  writeFileSync(counter, Buffer.alloc(8))
  const args = ['--import', 'tsx', child('accept-counted.ts'), join(folder, 'data'), counter]
  const env = { ...process.env, NODE_OPTIONS: '', LD_PRELOAD: library, FSYNC_COUNT: counter }
  const { stdout } = await run(process.execPath, args, { env })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Accepted)
}

test(
  'a delivery is acknowledged only after the disk was waited for, and many share one wait',
  () =>
    inFolder(async (folder) => {
      const accepted = await acceptedIn(folder)
      const alone = accepted.filter(({ how }) => how === 'alone')
      const together = accepted.filter(({ how }) => how === 'together')
      expect([alone.length, together.length]).toEqual([20, 100])
      expect(accepted.filter(({ before, after }) => after <= before)).toEqual([])
      const waits = Math.max(...together.map(({ after }) => after)) - Math.min(...together.map(({ before }) => before))
      expect(waits).toBeLessThan(20)
    }),
  60_000,
)
