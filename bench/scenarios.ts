import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, type Figure } from './measure.js'
import { inlineFiles, scenarioFiles, SCENARIOS } from './scenario-files.js'

const BAR = 2
const RUNS = 7
const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

interface Run {
  /** Seconds by the wall clock. */
  readonly wall: number
  /** Seconds of processor time, children and all threads included. */
  readonly cpu: number
}

/** Runs the command line over a folder of scenario files. @throws {Error} when any scenario is not as expected. */
const run = (cwd: string): Run => {
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'node "$0" test --json; code=$?; times >&2; exit $code', CLI],
    {
      cwd,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  )
  const wall = (performance.now() - start) / 1000
  const results = JSON.parse(stdout) as readonly unknown[]
  if (status !== 0 || results.length !== SCENARIOS)
    throw new Error(`${results.length} scenarios, exit ${status}: ${stderr}`)
  return { wall, cpu: childrenSeconds(stderr) }
}

/** The second line of `times`: user and system time of the shell's children, as `0m1.234s 0m0.120s`. */
const childrenSeconds = (times: string): number =>
  [...(times.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  )

interface Load {
  readonly part: string
  readonly files: readonly (readonly [string, string])[]
  /** Seconds; `null`: for comparison only. */
  readonly bar: number | null
  readonly how: string
}

const measured = ({ part, files, bar, how }: Load): Figure => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-bench-'))
  try {
    for (const [name, text] of files) writeFileSync(join(folder, name), text)
    const runs = Array.from({ length: RUNS }, () => run(folder))
    const cpu = median(runs.map((each) => each.cpu))
    const wall = median(runs.map((each) => each.wall))
    return {
      part,
      figure: `${SCENARIOS} scenarios in ${cpu.toFixed(2)} s`,
      bar: bar === null ? null : `under ${bar} s on one core, start-up included`,
      met: bar === null || cpu < bar,
      how: `${how} A new process each time, the middle of ${RUNS} runs. Processor time of all threads; by the wall clock ${wall.toFixed(2)} s.`,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const scenarios = (): readonly Figure[] => [
  measured({
    part: 'scenarios',
    files: scenarioFiles(),
    bar: BAR,
    how: '`release-gates test --json` over 20 files of 50 scenarios each, half changes, half deployments, with one policy.',
  }),
  measured({
    part: 'scenarios, a policy in each file',
    files: inlineFiles(),
    bar: null,
    how: 'The same scenarios in 200 files of five, each with a policy of its own inside.',
  }),
]
