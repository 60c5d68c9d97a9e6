/**
 * `npm run chaos -- [--engine sqlite|postgres] [--seed N] [--kills N] [--faults PART] [--pace N] [--logs]`: without an
 * engine, both; a lower pace where the machine has much else to do.
 * Exit code 1: something was seen that must never be; it is printed with what replays it.
 */
import { parseArgs } from 'node:util'
import afterAll from '../postgres/after-all.mjs'
import beforeAll from '../postgres/before-all.mjs'
import { chaos } from './chaos.js'
import type { Engine } from './place.js'

const ENGINES: readonly Engine[] = ['sqlite', 'postgres']

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '60' },
    faults: { type: 'string', default: '0.2' },
    pace: { type: 'string', default: '10' },
    program: { type: 'string', default: 'dist/server.js' },
    logs: { type: 'boolean', default: false },
  },
})
const [seed, kills, faults, pace] = [values.seed, values.kills, values.faults, values.pace].map(Number) as [
  number,
  number,
  number,
  number,
]
const say = (line: string) => process.stdout.write(`${line}\n`)
const progress = (line: string) => process.stdout.isTTY && process.stdout.write(`\r${line}\x1b[K`)

const run = async (engine: Engine): Promise<boolean> => {
  say(`${engine}: seed ${seed}, ${kills} kills, ${faults * 100} % of GitHub’s answers go wrong`)
  const began = Date.now()
  const { broken, figures, logs } = await chaos({
    engine,
    seed,
    kills,
    faults,
    pace,
    program: values.program,
    progress,
  })
  const told = Object.entries(figures).map(([name, figure]) => `${name} ${figure}`)
  say(`${engine}: ${Math.round((Date.now() - began) / 1000)} s; ${told.join(', ')}`)
  if (values.logs) logs.forEach(say)
  if (broken.length === 0) return true
  say(`${engine}: BROKEN\n${broken.map((one) => `  ${one}`).join('\n')}`)
  say(`again: npm run chaos -- --engine ${engine} --seed ${seed} --kills ${kills} --faults ${faults} --logs`)
  return false
}

beforeAll()
try {
  for (const engine of ENGINES)
    if ((values.engine ?? engine) === engine && !(await run(engine))) {
      process.exitCode = 1
      break
    }
} finally {
  afterAll()
}
