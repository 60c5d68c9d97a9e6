import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'release-gates-init-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const POLICY = '.github/release-gates.yml'

const cli = async (...args: readonly string[]) => {
  let out = ''
  let err = ''
  let code: ExitCode = 0
  await run(args, {
    cwd,
    colour: false,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    exit: (said) => void (code = said > code ? said : code),
  })
  return { out, err, code: code as ExitCode }
}

test('what init writes has no mistake, and its tests come out as they say', async () => {
  expect((await cli('init', '--reviewers', 'crew', '--deployers', 'captains')).code).toBe(0)
  expect(readFileSync(join(cwd, POLICY), 'utf8')).toContain('teams: [captains]')
  expect(await cli('lint')).toMatchObject({ code: 0, err: '' })
  expect(await cli('test')).toMatchObject({ code: 0, out: expect.stringContaining('6 scenarios') })
})

test('init never writes over a file that is there', async () => {
  await cli('init')
  writeFileSync(join(cwd, POLICY), 'mine')
  expect(await cli('init')).toMatchObject({
    code: 2,
    err: `release-gates: ${POLICY} was not written: something of that name is there already; init writes over nothing: go on with that one, or take it away first\n`,
  })
  expect(readFileSync(join(cwd, POLICY), 'utf8')).toBe('mine')
})

test('a name that is more than a slug does not get into the policy', async () => {
  expect((await cli('init', '--deployers', 'x], users: [mallory')).code).toBe(2)
})

test('a file where init wants a folder is named', async () => {
  writeFileSync(join(cwd, '.github'), '')
  expect(await cli('init')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/its folder .*\.github cannot be made: something of that name is there already/),
  })
})

test.each([
  ['decide --facts none.yml', '--facts none.yml cannot be read: there is no such file'],
  ['decide --facts .', '--facts . cannot be read: it is a folder, not a file'],
  ['decide --facts . --policy none.yml', '--policy none.yml cannot be read: there is no such file'],
  ['replay --organisation none.yml', '--organisation none.yml cannot be read: there is no such file'],
])('%s names the option, the file and why', async (command, says) => {
  expect(await cli(...command.split(' '))).toMatchObject({ code: 2, out: '', err: expect.stringContaining(says) })
})

test('lint of a file that is not there finds no absence of mistakes', async () => {
  expect(await cli('lint', 'none.yml')).toEqual({
    code: 2,
    out: '',
    err: 'release-gates: none.yml cannot be read: there is no such file\n',
  })
})
