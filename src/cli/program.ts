import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { CANNOT_RUN, FINE, type Io } from './io.js'

/** Adds a command, with its options and action, to the program. */
export type Register = (program: Command, io: Io) => void

interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Register>
}

/** Every command. Its file is loaded only when it is asked for, so that the others cost no start-up time. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'write a policy and tests for it, to begin with',
    load: async () => (await import('./init.js')).register,
  },
  {
    name: 'lint',
    summary: 'tell every mistake in policy and scenario files',
    load: async () => (await import('./lint.js')).register,
  },
  {
    name: 'test',
    summary: 'run scenario files against their policies',
    load: async () => (await import('./test.js')).register,
  },
  {
    name: 'decide',
    summary: 'judge facts by a policy, offline',
    load: async () => (await import('./decide.js')).register,
  },
  {
    name: 'explain',
    summary: 'tell why a gate on GitHub is open or shut',
    load: async () => (await import('./explain.js')).register,
  },
  {
    name: 'doctor',
    summary: 'tell what a repository lacks for its gates to work',
    load: async () => (await import('./doctor.js')).register,
  },
  {
    name: 'replay',
    summary: 'judge recorded decisions by another policy',
    load: async () => (await import('./replay.js')).register,
  },
  {
    name: 'audit',
    summary: 'verify or export the ledger',
    load: async () => (await import('./audit.js')).register,
  },
  {
    name: 'backup',
    summary: 'copy the store to one verified file, also while the server runs',
    load: async () => (await import('./backup.js')).register,
  },
  {
    name: 'restore',
    summary: 'put a verified backup into the folder of the stopped server',
    load: async () => (await import('./restore.js')).register,
  },
  {
    name: 'erase',
    summary: 'take a person out of the store; their number stays',
    load: async () => (await import('./erase.js')).register,
  },
  {
    name: 'dead-letters',
    summary: 'list what was given up, or try it again',
    load: async () => (await import('./dead-letters.js')).register,
  },
  {
    name: 'store',
    summary: 'carry the store from a folder to PostgreSQL',
    load: async () => (await import('./store.js')).register,
  },
]

/** Runs the command line. Every mistake is told and exits with 2; nothing is thrown. */
export const run = async (argv: readonly string[], io: Io): Promise<void> => {
  const program = new Command('release-gates')
  program
    .description('Decides who may release what, when, and on what evidence.')
    .version(versionOf())
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .exitOverride()
  const wanted = argv.find((word) => !word.startsWith('-'))
  try {
    for (const { name, summary, load } of COMMANDS) {
      if (name === wanted) (await load())(program, io)
      else program.command(name).description(summary)
    }
    for (const command of program.commands) command.copyInheritedSettings(program)
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    io.exit(told(error, io))
  }
}

/** Commander has told its own complaints already. */
const told = (error: unknown, io: Io) => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? FINE : CANNOT_RUN
  io.err(`release-gates: ${error instanceof Error ? error.message : String(error)}\n`)
  return CANNOT_RUN
}

const versionOf = (): string => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
