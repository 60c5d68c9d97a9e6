/**
 * Measures what the design promises. `npm run bench` runs all parts, `npm run bench -- decisions` one; `--write` puts
 * the figures into bench/report.md. Exit code 1: a bar was missed; 2: no such part.
 */
import { writeFileSync } from 'node:fs'
import { coalesce } from './coalesce.js'
import { inbox, inboxOnPostgres } from './inbox.js'
import { calls } from './calls.js'
import { decisions } from './decisions.js'
import { latency } from './latency.js'
import { machine } from './machine.js'
import { memory } from './memory.js'
import type { Figure } from './measure.js'
import { reportOf } from './report.js'
import { scenarios } from './scenarios.js'
import { sweep } from './sweep.js'

const PARTS: Readonly<Record<string, () => readonly Figure[] | Promise<readonly Figure[]>>> = {
  decisions,
  scenarios,
  coalesce,
  sweep,
  inbox,
  'inbox-postgres': inboxOnPostgres,
  latency,
  memory,
  calls,
}

const words = process.argv.slice(2)
const named = words.filter((word) => !word.startsWith('-'))
const unknown = named.filter((word) => !(word in PARTS))

if (unknown.length > 0) {
  process.stderr.write(`no part is called ${unknown.join(', ')}; there are: ${Object.keys(PARTS).join(', ')}\n`)
  process.exitCode = 2
} else {
  const parts = Object.entries(PARTS).filter(([name]) => named.length === 0 || named.includes(name))
  const figures: Figure[] = []
  for (const [, run] of parts) figures.push(...(await run()).map(printed))
  if (words.includes('--write'))
    writeFileSync(new URL('report.md', import.meta.url), reportOf(figures, machine(), new Date()))
  process.exitCode = figures.every(({ met }) => met) ? 0 : 1
}

function printed(figure: Figure): Figure {
  const bar = figure.bar === null ? '' : ` (${figure.met ? 'met' : 'MISSED'}: ${figure.bar})`
  process.stdout.write(`${figure.part}: ${figure.figure}${bar}\n`)
  return figure
}
