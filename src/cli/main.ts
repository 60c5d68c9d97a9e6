#!/usr/bin/env node
import { CANNOT_RUN, FINE, type ExitCode } from './io.js'
import { run } from './program.js'

let worst: ExitCode = FINE

/** A reader that has gone away (`| head`) is no mistake of ours, and wants nothing more. What was not written otherwise is. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(worst)
  process.stderr.write(`release-gates: standard output cannot be written: ${error.message}\n`)
  process.exit(CANNOT_RUN)
})
/** There is nowhere left to tell it; the exit code still says how it went. */
process.stderr.on('error', () => undefined)

await run(process.argv.slice(2), {
  cwd: process.cwd(),
  colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  exit: (code) => {
    if (code > worst) worst = code
    process.exitCode = worst
  },
})
