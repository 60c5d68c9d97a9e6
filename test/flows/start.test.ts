import { spawn } from 'node:child_process'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { freePort } from '../demo/app-process.js'
import { inFolder } from '../store/folder.js'
import { aWorld } from '../world/world.js'

/** Another program that listens on every address. */
const taken = (): Promise<Server> =>
  new Promise((done) => {
    const server = createServer().listen(0, '0.0.0.0', () => done(server))
  })

/** A start that must end by itself: its code, and what it says of it. */
const started = (
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly err: string }> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [resolve('dist/server.js')], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let err = ''
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')))
    child.once('close', (code) => done({ code, err }))
  })

test.each(['PORT', 'METRICS_PORT'])('a start that finds its %s taken ends, and names it with what to do', (name) =>
  inFolder(async (cwd) => {
    const world = await aWorld()
    const other = await taken()
    const { port } = other.address() as AddressInfo
    const env = { ...world.env(), PORT: String(await freePort()), [name]: String(port) }
    expect(await started(cwd, env)).toEqual({
      code: 2,
      err: `Release Gates cannot start: ${name} is ${port}, where another process listens already: stop that one, or set ${name} to a port that is free.\n`,
    })
    other.close()
    await world.close()
  }),
)

test('without credentials too, a port that is taken is named', () =>
  inFolder(async (cwd) => {
    const other = await taken()
    const { port } = other.address() as AddressInfo
    const { code, err } = await started(cwd, { PORT: String(port) })
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`PORT is ${port}, where another process`) })
    other.close()
  }))

test('a data folder that is a file is named with what to do', () =>
  inFolder(async (cwd) => {
    const world = await aWorld()
    writeFileSync(join(cwd, 'file'), '')
    const env = { ...world.env(), PORT: String(await freePort()), DATA_DIR: 'file' }
    expect(await started(cwd, env)).toEqual({
      code: 2,
      err: expect.stringMatching(/\/file is a file, or in one\. Name a folder with --data or DATA_DIR\./),
    })
    await world.close()
  }))
