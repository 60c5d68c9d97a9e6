import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../../src/cli/program.js'
import { known, type Fact } from '../../src/policy/facts.js'
import { serialiseFacts } from '../../src/policy/facts-json.js'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'gates-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(cwd, file)), { recursive: true })
  writeFileSync(join(cwd, file), text)
}
const cli = async (...argv: readonly string[]) => {
  const said = { out: '', err: '', code: 0 }
  await run(argv, {
    cwd,
    colour: false,
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    exit: (code) => (said.code = Math.max(said.code, code)),
  })
  return said
}
const json = (text: string) => JSON.parse(text) as readonly Record<string, unknown>[]

const POLICY = 'version: 1\nbranches:\n  main: { merge: [{ approval: { from: leads } }, { checks: [test] }] }\n'
const scenarios = (...lines: readonly string[]) =>
  `policy: policy.yml\ndefaults: { teams: { leads: [lena] } }\nscenarios:\n${lines.map((line) => `  - ${line}\n`).join('')}`
const WAITS = '{ name: waits, expect: wait, change: {} }'
const ALLOWS = '{ name: allows, expect: allow, change: { reviews: [{ by: lena }], checks: { test: success } } }'
const WRONG = '{ name: wrong, expect: allow, change: { reviews: [{ by: lena }] }, because: [frozen] }'

describe('release-gates test', () => {
  test('exits with 0 when every scenario is as expected', async () => {
    write('policy.yml', POLICY)
    write('a.gates-test.yml', scenarios(WAITS, ALLOWS))
    expect(await cli('test', 'a.gates-test.yml')).toEqual({
      out: '2 scenarios in 1 file: as expected.\n',
      err: '',
      code: 0,
    })
  })
  test('exits with 1 when one differs, and shows the difference and every finding', async () => {
    write('policy.yml', POLICY)
    write('a.gates-test.yml', scenarios(WAITS, WRONG))
    const { out, code } = await cli('test', 'a.gates-test.yml')
    expect(code).toBe(1)
    expect(out).toContain(
      '✗ wrong (a.gates-test.yml:5)\n    expected allow, and it is wait\n    not among the reasons: frozen\n',
    )
    expect(out).toContain('✓ approval: approved by lena (repository branch, policy.yml:3:21)')
    expect(out).toContain('… checks: test has not run (repository branch, policy.yml:3:52) [check_missing]')
    expect(out).toContain('2 scenarios in 1 file: 1 not as expected.')
  })
  test('prints JSON with the verdict of each', async () => {
    write('policy.yml', POLICY)
    write('a.gates-test.yml', scenarios(WAITS, WRONG))
    const { out, code } = await cli('test', '--json', 'a.gates-test.yml')
    expect(code).toBe(1)
    expect(json(out)).toMatchObject([
      {
        file: 'a.gates-test.yml',
        scenario: 'waits',
        expected: 'wait',
        actual: 'wait',
        ok: true,
        verdict: { kind: 'merge', decision: 'wait' },
      },
      {
        file: 'a.gates-test.yml',
        scenario: 'wrong',
        expected: 'allow',
        actual: 'wait',
        ok: false,
        missing: ['frozen'],
      },
    ])
  })
  test('without a name runs every scenario file below, but none in node_modules', async () => {
    write('gates/policy.yml', POLICY)
    write('gates/a.gates-test.yml', scenarios(WAITS))
    write('gates/deep/b.gates-test.yml', scenarios(WAITS).replace('policy.yml', '../policy.yml'))
    write('node_modules/x/c.gates-test.yml', scenarios(WRONG))
    expect(json((await cli('test', '--json')).out).map(({ file }) => file)).toEqual([
      'gates/a.gates-test.yml',
      'gates/deep/b.gates-test.yml',
    ])
  })
  test('a folder stands for the files below it', async () => {
    write('policy.yml', POLICY)
    write('one/a.gates-test.yml', scenarios(WAITS).replace('policy.yml', '../policy.yml'))
    write('two/b.gates-test.yml', scenarios(WRONG))
    expect((await cli('test', 'one')).out).toContain('1 scenario in 1 file')
  })
  test('exits with 2 when there is nothing to run', async () => {
    expect(await cli('test')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no *.gates-test.yml file was found'),
    })
    expect(await cli('test', 'missing.gates-test.yml')).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot be read'),
    })
  })
  test('exits with 2 for a malformed scenario, and still prints what could be run', async () => {
    write('policy.yml', POLICY)
    write('a.gates-test.yml', scenarios(WAITS, '{ name: bad, expect: wait, change: { autor: x } }'))
    const { out, err, code } = await cli('test', '--json', 'a.gates-test.yml', 'missing.gates-test.yml')
    expect(code).toBe(2)
    expect(json(out)).toMatchObject([
      { scenario: 'waits', ok: true },
      {
        scenario: 'bad',
        expected: 'wait',
        actual: null,
        ok: false,
        verdict: null,
        problems: [expect.stringContaining('autor')],
      },
      { file: 'missing.gates-test.yml', scenario: null, expected: null, actual: null, ok: false, verdict: null },
    ])
    expect(err).toMatch(/`a\.gates-test\.yml:5:42` `autor` is not known here\. Did you mean `author`/)
  })
  test('exits with 2 when the policy that a scenario names is not there', async () => {
    write('a.gates-test.yml', scenarios(WAITS))
    write('policy.yml', POLICY)
    write('b.gates-test.yml', scenarios(WAITS))
    write('a.gates-test.yml', scenarios(WAITS).replace('policy.yml', 'gone.yml'))
    const { out, err, code } = await cli('test', '--json', 'a.gates-test.yml', 'b.gates-test.yml')
    expect(code).toBe(2)
    expect(err).toContain('The policy of “waits” cannot be read')
    expect(json(out)).toMatchObject([
      { file: 'a.gates-test.yml', scenario: 'waits', expected: 'wait', actual: null, ok: false, verdict: null },
      { file: 'b.gates-test.yml', scenario: 'waits', ok: true },
    ])
  })
  test('a file that is no YAML hides nothing of the others', async () => {
    write('policy.yml', POLICY)
    write('a.gates-test.yml', 'scenarios: [')
    write('b.gates-test.yml', scenarios(WAITS))
    const { out, code } = await cli('test', '--json', 'a.gates-test.yml', 'b.gates-test.yml')
    expect(code).toBe(2)
    expect(json(out)).toMatchObject([
      {
        file: 'a.gates-test.yml',
        scenario: null,
        ok: false,
        problems: [expect.stringContaining('a.gates-test.yml:1')],
      },
      { file: 'b.gates-test.yml', ok: true },
    ])
    expect((await cli('test', 'a.gates-test.yml', 'b.gates-test.yml')).out).toContain('Not everything could be run.')
  })
  test('an invalid policy is a verdict, not an obstacle', async () => {
    write('policy.yml', 'version: 1\nbranches: { main: { merge: [] } }\n')
    write('a.gates-test.yml', scenarios('{ name: shut, expect: undecided, change: {}, because: [policy_invalid] }'))
    expect((await cli('test', 'a.gates-test.yml')).code).toBe(0)
  })
  test('lists the rules that no scenario saw both allow and not allow', async () => {
    write('policy.yml', `${POLICY}  later: { merge: [{ draft: false }] }\n`)
    write('a.gates-test.yml', scenarios(WAITS, '{ name: half, expect: wait, change: { reviews: [{ by: lena }] } }'))
    const { out } = await cli('test', '--coverage', 'a.gates-test.yml')
    expect(out).toContain('policy.yml:3:52 checks: never seen to allow')
    expect(out).toContain('policy.yml:4:22 draft: never judged')
    expect(out).not.toContain('approval:')
  })
  test('says so when every rule was seen', async () => {
    write('policy.yml', POLICY)
    write('a.gates-test.yml', scenarios(WAITS, ALLOWS))
    expect((await cli('test', '--coverage', 'a.gates-test.yml')).out).toContain(
      'Every rule was seen both to allow and not to allow.',
    )
  })
  test('lists a freeze that no scenario saw both bind and not', async () => {
    const freeze = 'freezes:\n  - { name: f, from: 2026-12-24T00:00, to: 2026-12-27T00:00, timezone: UTC }\n'
    write('policy.yml', `version: 1\nenvironments: { production: { release: [{ fork: false }] } }\n${freeze}`)
    const free = '{ name: free, expect: allow, now: 2026-12-23T00:00, deployment: {} }'
    const cold = '{ name: cold, expect: wait, now: 2026-12-24T00:00, deployment: {} }'
    const fork = '{ name: fork, expect: deny, now: 2026-12-23T00:00, deployment: { fork: true } }'
    const told = async (...lines: readonly string[]) => {
      write('a.gates-test.yml', scenarios(...lines))
      return (await cli('test', '--coverage', 'a.gates-test.yml')).out
    }
    expect(await told(free, fork)).toContain('policy.yml:4:5 freeze: only seen to allow')
    expect(await told(cold, fork)).not.toContain('freeze')
    expect(await told(cold)).toContain('policy.yml:4:5 freeze: never seen to allow')
    expect(await told(free, cold, fork)).toContain('Every rule was seen')
  })
  test('sees conditions of a requirement that applied', async () => {
    write(
      'policy.yml',
      'version: 1\nbranches:\n  main: { merge: [{ checks: [test] }, { when: [{ fork: true }], require: [{ draft: false }] }] }\n',
    )
    const lines = [
      '{ name: a, expect: wait, change: { draft: true, fork: true } }',
      '{ name: b, expect: allow, change: { fork: true, checks: { test: success } } }',
      '{ name: c, expect: allow, change: { checks: { test: success } } }',
    ]
    write('a.gates-test.yml', scenarios(...lines))
    expect((await cli('test', '--coverage', 'a.gates-test.yml')).out).toContain('Every rule was seen')
  })
})

describe('release-gates decide', () => {
  const FACTS = 'teams: { leads: [lena] }\nchange: { reviews: [{ by: lena }], checks: { test: success } }\n'
  test('judges facts by a policy', async () => {
    write('policy.yml', POLICY)
    write('facts.yml', FACTS)
    expect(await cli('decide', '--policy', 'policy.yml', '--facts', 'facts.yml')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Ready to merge'),
    })
  })
  test('exits with 1 for any decision but allow', async () => {
    write('policy.yml', POLICY)
    write('facts.yml', 'teams: { leads: [lena] }\nchange: {}\n')
    const { out, code } = await cli('decide', '--json', '--policy', 'policy.yml', '--facts', 'facts.yml')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ decision: 'wait' })
  })
  test('judges facts as the ledger stores them, at the time of the newest', async () => {
    const at = Date.parse('2026-11-23T10:00:00Z')
    const deployment = { environment: 'production', sha: 'c1', ref: 'refs/heads/main', event: 'push', requestedAt: at }
    const facts = new Map<string, Fact>([
      ['repository', known({ fullName: 'acme/shop', defaultBranch: 'main' }, 'test', at)],
      ['deployment', known(deployment, 'test', at)],
      ['released', known([], 'test', at)],
    ])
    write('facts.json', JSON.stringify({ facts: serialiseFacts(facts), verdict: null }))
    write('policy.yml', 'version: 1\nenvironments:\n  production: { release: [{ delay: 10m }] }\n')
    const argv = ['decide', '--json', '--policy', 'policy.yml', '--facts', 'facts.json']
    expect(JSON.parse((await cli(...argv)).out)).toMatchObject({ decision: 'wait', lookAgainAt: at + 600_000 })
    expect((await cli(...argv, '--now', '2026-11-23T10:10:00Z')).code).toBe(0)
    expect((await cli(...argv, '--now', 'later')).code).toBe(2)
  })
  test('exits with 2 when it cannot', async () => {
    write('facts.yml', 'chnage: {}\n')
    expect((await cli('decide', '--policy', 'missing.yml', '--facts', 'facts.yml')).code).toBe(2)
    expect((await cli('decide', '--facts', 'facts.yml')).code).toBe(2)
    expect((await cli('decide')).code).toBe(2)
  })
})

describe('the command line', () => {
  test('names every command, and its version', async () => {
    const { out, code } = await cli('--help')
    expect(code).toBe(0)
    for (const name of ['lint', 'test', 'decide', 'init', 'audit'])
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    expect((await cli('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
  test.each([['tset'], ['test', '--jsn'], []])('what it does not know exits with 2: %p', async (...argv) => {
    const { code, err, out } = await cli(...argv)
    expect(code).toBe(argv.length === 0 ? code : 2)
    expect(err + out).not.toBe('')
  })
})
