import { parseArgs } from 'node:util'
import type { Engine } from './place.js'

const ENGINES: readonly Engine[] = ['sqlite', 'postgres']

export interface ChaosOptions {
  /** One after the other. */
  readonly engines: readonly Engine[]
  readonly seed: number
  readonly kills: number
  /** The part of GitHub's answers that go wrong. */
  readonly faults: number
  readonly pace: number
  readonly program: string
  readonly logs: boolean
}

const enginesOf = (given: string | undefined): readonly Engine[] => {
  if (given === undefined) return ENGINES
  const engine = ENGINES.find((one) => one === given)
  if (engine === undefined) throw new RangeError(`--engine is ${given}; it must be ${ENGINES.join(' or ')}`)
  return [engine]
}

const numberOf = (name: string, given: string, must: string, fits: (value: number) => boolean): number => {
  const value = given.trim() === '' ? Number.NaN : Number(given)
  if (!fits(value)) throw new RangeError(`--${name} is ${given}; it must be ${must}`)
  return value
}

const atLeast = (least: number) => (value: number) => Number.isSafeInteger(value) && value >= least

/** @throws {Error} for what is not understood: a run that did nothing would look like one that saw nothing wrong. */
export const chaosOptions = (args: readonly string[]): ChaosOptions => {
  const { values } = parseArgs({
    args: [...args],
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
  return {
    engines: enginesOf(values.engine),
    seed: numberOf('seed', values.seed, 'a whole number from 0', atLeast(0)),
    kills: numberOf('kills', values.kills, 'a whole number from 1', atLeast(1)),
    faults: numberOf('faults', values.faults, 'a part from 0 to 1, like 0.2', (part) => part >= 0 && part <= 1),
    pace: numberOf('pace', values.pace, 'a number above 0', (pace) => Number.isFinite(pace) && pace > 0),
    program: values.program,
    logs: values.logs,
  }
}
