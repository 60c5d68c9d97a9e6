#!/usr/bin/env node
import { FINE, type ExitCode } from './io.js'
import { run } from './program.js'

let worst: ExitCode = FINE

/** A reader that has gone away (`| head`) is no mistake of ours. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

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
