import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { changedSettings, withLive } from '../src/live-settings.js'
import { environmentNow, onHangUp } from '../src/reload.js'
import { readSettings, type Settings } from '../src/settings.js'
import { keys } from './world/found.js'
import { memoryLog } from './web/front.js'

afterEach(() => void process.removeAllListeners('SIGHUP'))

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('signals that come before the server is up, or while the settings are read, are heard once more', async () => {
  const hangUp = onHangUp(memoryLog().log)
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGHUP', 'SIGHUP')
  const runs: (() => void)[] = []
  hangUp.does(() => new Promise<void>((resolve) => void runs.push(resolve)))
  expect(runs).toHaveLength(1)
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGHUP', 'SIGHUP')
  await turn()
  expect(runs).toHaveLength(1)
  runs[0]?.()
  await turn()
  expect(runs).toHaveLength(2)
  runs[1]?.()
  await turn()
  expect(runs).toHaveLength(2)
})

test('what fails while the settings are read is told, and the next signal is heard', async () => {
  const { log, lines } = memoryLog()
  const hangUp = onHangUp(log)
  let runs = 0
  hangUp.does(async () => {
    runs += 1
    throw new Error('no')
  })
  for (let signal = 1; signal <= 2; signal++) {
    process.emit('SIGHUP', 'SIGHUP')
    await turn()
    expect(runs).toBe(signal)
  }
  expect(lines).toHaveLength(2)
})

test('a file adds to the environment and replaces nothing in it; without it the environment stands alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-env-'))
  const file = join(folder, '.env')
  expect(environmentNow({ PORT: '1' }, file)).toEqual({ PORT: '1' })
  writeFileSync(file, 'PORT=2\nHOST=::1 # here\nWEBHOOK_SECRET="a\\nb"\nBASE_URL=x\n')
  expect(environmentNow({ PORT: '1', BASE_URL: '' }, file)).toEqual({
    PORT: '1',
    HOST: '::1',
    WEBHOOK_SECRET: 'a\nb',
    BASE_URL: '',
  })
  rmSync(folder, { recursive: true })
})

const settings = (env: Readonly<Record<string, string>> = {}): Settings => {
  const read = readSettings({ APP_ID: '7', PRIVATE_KEY: keys().privateKey, WEBHOOK_SECRET: 'a-long-text', ...env })
  if (!read.ok) throw new Error(read.problems.join(' '))
  return read.settings
}

test('every setting that changed is named, as taken now or at the next start', () => {
  const next = settings({ WEBHOOK_SECRET: 'b-long-text,a-long-text', PORT: '3001', DATABASE_URL: 'postgres://a:b@c/d' })
  const changed = changedSettings(settings(), next)
  expect(changed).toEqual({ live: ['WEBHOOK_SECRET'], atStart: ['PORT', 'DATABASE_URL'] })
  const after = changedSettings(withLive(settings(), next), next)
  expect(after).toEqual({ live: [], atStart: ['PORT', 'DATABASE_URL'] })
  expect(changedSettings(next, next)).toEqual({ live: [], atStart: [] })
})

test('METRICS_PORT is named where it is set, unset or another, and not where only PORT is', () => {
  const named = (running: Readonly<Record<string, string>>, next: Readonly<Record<string, string>>) =>
    changedSettings(settings(running), settings(next)).atStart
  expect(named({ PORT: '1' }, { PORT: '2' })).toEqual(['PORT'])
  expect(named({ PORT: '1' }, { PORT: '1', METRICS_PORT: '9' })).toEqual(['METRICS_PORT'])
  expect(named({ PORT: '1', METRICS_PORT: '9' }, { PORT: '1' })).toEqual(['METRICS_PORT'])
  expect(named({ PORT: '1', METRICS_PORT: '9' }, { PORT: '2', METRICS_PORT: '9' })).toEqual(['PORT'])
})
