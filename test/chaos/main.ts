/**
 * `npm run chaos -- [--engine sqlite|postgres] [--seed N] [--kills N] [--faults PART] [--pace N] [--logs]`: without an
 * engine, both; a lower pace where the machine has much else to do.
 * Exit code 1: something was seen that must never be; it is printed with what replays it. 2: an option does not fit.
 */
import afterAll from '../postgres/after-all.mjs'
import beforeAll from '../postgres/before-all.mjs'
import { chaos } from './chaos.js'
import { chaosOptions, type ChaosOptions } from './options.js'
import type { Engine } from './place.js'

const options = (): ChaosOptions => {
  try {
    return chaosOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(2)
  }
}

const { engines, seed, kills, faults, pace, program, logs: showsLogs } = options()
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
    program,
    progress,
  })
  const told = Object.entries(figures).map(([name, figure]) => `${name} ${figure}`)
  say(`${engine}: ${Math.round((Date.now() - began) / 1000)} s; ${told.join(', ')}`)
  if (showsLogs) logs.forEach(say)
  if (broken.length === 0) return true
  say(`${engine}: BROKEN\n${broken.map((one) => `  ${one}`).join('\n')}`)
  say(`again: npm run chaos -- --engine ${engine} --seed ${seed} --kills ${kills} --faults ${faults} --logs`)
  return false
}

beforeAll()
try {
  for (const engine of engines)
    if (!(await run(engine))) {
      process.exitCode = 1
      break
    }
} finally {
  afterAll()
}
