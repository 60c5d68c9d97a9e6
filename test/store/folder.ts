import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A folder of its own for the test, removed after it whatever happens. */
export const inFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-store-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A server process on a folder, written in `children/`; its lines are what it says. */
export const startChild = (name: string, folder: string): ChildProcess & { readonly lines: AsyncIterable<string> } => {
  const file = join(import.meta.dirname, 'children', name)
  const child = spawn(process.execPath, ['--import', 'tsx', file, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  return Object.assign(child, { lines: createInterface({ input: child.stdout }) })
}

/** As the kernel does it: no chance to clean up. Resolves when the process is gone. */
export const killNow = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
