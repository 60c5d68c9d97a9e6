import Database from 'better-sqlite3'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as after } from 'node:timers/promises'
import type * as StoreModule from '../src/store/store.js'
import { median, type Figure } from './measure.js'
import { credentials, NO_GITHUB, started, worked, type Running } from './servers.js'

const IDLE = 150
const LOADED = 300
/** Milliseconds. */
const READY = 1_500
const STARTS = 5
const SUBJECTS = 100_000
const BATCH = 1_000
/** Milliseconds until what a start needed for a moment was let go. */
const SETTLED = 5_000

const { openStore } = (await import(new URL('../dist/store/store.js', import.meta.url).href)) as typeof StoreModule
const server = fileURLToPath(new URL('../dist/server.js', import.meta.url))

/** MiB of a process that are in memory, now and at most; Linux only. */
const resident = ({ pid }: Running): { readonly now: number; readonly most: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_024
  return { now: of('VmRSS'), most: of('VmHWM') }
}

/** Open pull requests in a folder that nobody has open, each judged once and due again tomorrow. */
const withSubjects = async (folder: string, now: number): Promise<void> => {
  const store = await openStore({ dataDir: folder })
  for (let first = 1; first <= SUBJECTS; first += BATCH)
    await store.subjects.hint(
      Array.from({ length: BATCH }, (_, index) => ({
        kind: 'touch' as const,
        subject: { kind: 'change' as const, repository: (1 + (index % 500)) as never, number: first + index },
        installation: 1 as never,
        sha: String(first + index).padStart(40, '0'),
      })),
      now,
    )
  await store.close()
  const raw = new Database(join(folder, 'release-gates.db'))
  raw
    .prepare('update subjects set judged_generation = generation, look_again_at = ?, asked = ?')
    .run(now + 24 * 3_600_000, '["change","checks","reviews","team/1"]')
  raw.close()
}

/** MiB when all is quiet, MiB at most since the start, and milliseconds from the start until it answered. */
const seen = async (folder: string) => {
  const env = { ...credentials(), ...NO_GITHUB, DATA_DIR: folder }
  const start = performance.now()
  const running = await started({ args: [server], env }, '/readyz')
  const ready = performance.now() - start
  const cpu = worked(running)
  try {
    await after(SETTLED)
    const { now, most } = resident(running)
    return { idle: now, most, ready, cpu }
  } finally {
    await running.stop()
  }
}

export const memory = async (): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-bench-'))
  try {
    const starts = []
    for (let round = 0; round < STARTS; round += 1) starts.push(await seen(folder))
    const idle = median(starts.map((each) => each.idle))
    const ready = median(starts.map((each) => each.ready))
    const cpu = median(starts.map((each) => each.cpu))
    await withSubjects(folder, Date.now())
    const full = await seen(folder)
    return [
      {
        part: 'memory, idle',
        figure: `${Math.round(idle)} MiB`,
        bar: `under ${IDLE} MiB`,
        met: idle < IDLE,
        how: `Resident memory of the server with an empty folder, ${SETTLED / 1_000} s after its start; the middle of ${STARTS}.`,
      },
      {
        part: 'memory, 100,000 open subjects',
        figure: `${Math.round(full.idle)} MiB`,
        bar: `under ${LOADED} MiB`,
        met: full.most < LOADED,
        how: `The same with 100,000 open pull requests in the folder, all judged and due tomorrow; ${Math.round(full.most)} MiB at most since the start, which is held against the bar. It answered after ${Math.round(full.ready)} ms.`,
      },
      {
        part: 'start',
        figure: `${Math.round(ready)} ms`,
        bar: `under ${READY} ms`,
        met: ready < READY,
        how: `From the start of the process until \`/readyz\` answers 200, by the wall clock; the middle of ${STARTS}. Processor time of that: ${cpu} ms.`,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
