import type { Facts } from '../src/policy/facts.js'
import type { Decision } from '../src/policy/verdict.js'
import { decide } from './dist.js'
import { grouped, median, spent, type Figure } from './measure.js'
import { releaseFacts, reading, type Reading } from './release-facts.js'
import { releaseGate } from './release-gate.js'

const BAR = 50_000

interface Load {
  readonly rounds: number
  /** Readings in a round; each is judged once, and never again. */
  readonly readings: number
  readonly make: (n: number) => Reading
}

interface Measured {
  readonly perSecond: number
  readonly perSecondByWall: number
  readonly seen: ReadonlySet<Decision>
}

/** Decisions a second; the first two rounds warm up. What is judged is made before the clock starts. */
const measured = ({ rounds, readings, make }: Load): Measured => {
  const gate = releaseGate()
  const seen = new Set<Decision>()
  const cpu: number[] = []
  const wall: number[] = []
  for (let round = 0; round < rounds + 2; round += 1) {
    const pool = Array.from({ length: readings }, (_, index) => make(round * readings + index))
    const took = spent(() => {
      for (const { facts, now } of pool) seen.add(decide.decide(gate, facts, now).decision)
    })
    if (round < 2) continue
    cpu.push((readings / took.cpu) * 1000)
    wall.push((readings / took.wall) * 1000)
  }
  return { perSecond: median(cpu), perSecondByWall: median(wall), seen }
}

/** A load of which every decision is the same would measure nothing. */
const varied = ({ seen }: Measured): void => {
  if (!seen.has('allow') || !seen.has('wait')) throw new Error(`only ${[...seen].join(', ')} was decided`)
}

/** Another copy of everything, down to each commit: nothing that was remembered of one subject serves the next. */
const copy = (facts: Facts): Facts => structuredClone(facts)

export const decisions = (): readonly Figure[] => {
  const base = releaseFacts(releaseGate())
  const again = measured({ rounds: 25, readings: 5_000, make: (n) => reading(base, n) })
  varied(again)
  const fresh = measured({ rounds: 7, readings: 400, make: (n) => reading(copy(base), n) })
  return [
    {
      part: 'decisions',
      figure: `${grouped(again.perSecond)} decisions/s`,
      bar: `${grouped(BAR)} or more on one core`,
      met: again.perSecond >= BAR,
      how: `A release gate of ten rules, with a freeze, an override and a rollback list; 50 commits by 25 pull requests ship. Every decision gets a reading that was never judged before: deployment, approvals, checks, releases, overrides and now are new and differ. Shared between readings are the lists of what ships, teams and protection, as long as nothing changed there. Processor time of all threads; by the wall clock ${grouped(again.perSecondByWall)}.`,
    },
    {
      part: 'decisions, nothing shared',
      figure: `${grouped(fresh.perSecond)} decisions/s`,
      bar: null,
      met: true,
      how: `The same, with a deep copy of every fact for each decision, all 50 commits and 25 descriptions too: the first verdict on a subject. By the wall clock ${grouped(fresh.perSecondByWall)}.`,
    },
  ]
}
