import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExitCode } from '../../src/cli/io.js'
import { sourceOf } from '../../src/cli/policy-files.js'
import { run } from '../../src/cli/program.js'
import { gatesOfChange } from '../../src/policy/composing/gates.js'
import { decide } from '../../src/policy/decide.js'
import { ask, known, type Fact } from '../../src/policy/facts.js'
import { openStore } from '../../src/store/store.js'
import { ACME, HEAD, LENA, NOW, SHOP, person } from '../contracts/store-world.js'
import { inFolder } from '../store/folder.js'

const policy = (rule: string) => `version: 1\nbranches:\n  main:\n    merge:\n      - ${rule}\n`
const TITLE = policy('title: { matches: "^feat" }')

const replay = async (folder: string, ...argv: readonly string[]) => {
  const said = { out: '', err: '', exit: 0 as ExitCode }
  await run(['replay', '--data', folder, ...argv], {
    cwd: folder,
    colour: false,
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    exit: (code) => (said.exit = code > said.exit ? code : said.exit),
  })
  return said
}

const CHANGE = {
  number: 1,
  title: 'feat: cart',
  body: '',
  author: person(12, 'dev'),
  base: 'main',
  head: 'feature',
  headSha: HEAD,
  fork: false,
  draft: false,
  labels: [],
  openedAt: NOW,
  retargetedAt: null,
  enqueuedBy: null,
  inMergeQueue: false,
}

/** A ledger in which the merge of a pull request called `feat: cart` was allowed by its title. */
const withLedger = (use: (folder: string) => Promise<void>) =>
  inFolder(async (folder) => {
    const at = { repository: 'acme/shop', defaultBranch: 'main', base: 'main' }
    const source = sourceOf(TITLE, 'policy.yml', 'repository')
    const gates = gatesOfChange({ organisation: { state: 'absent' }, repository: source }, at)
    const merge = gates.find(({ kind }) => kind === 'merge')
    if (merge === undefined) throw new Error('no merge gate')
    const facts = new Map<string, Fact>([
      [ask.change.key, known(CHANGE, 'GitHub', NOW)],
      [ask.repository.key, known({ fullName: 'acme/shop', defaultBranch: 'main' }, 'GitHub', NOW)],
    ])
    const store = await openStore({ dataDir: folder })
    const verdict = decide(merge, facts, NOW)
    expect(verdict.decision).toBe('allow')
    const of = { subject: 'change/7/1', repository: SHOP, installation: ACME, sha: HEAD, attempt: null, number: 1 }
    await store.records.verdict({ ...of, verdict, facts, policy: { organisation: null, repository: HEAD } }, NOW)
    await store.close()
    await use(folder)
  })

const tried = (folder: string, text: string) => {
  writeFileSync(join(folder, 'tried.yml'), text)
  return ['--policy', 'tried.yml'] as const
}

test('replay with the policy of then finds no difference', () =>
  withLedger(async (folder) => {
    const { out, exit } = await replay(folder, ...tried(folder, TITLE))
    expect(out).toBe('1 decision judged again: none differs.\n')
    expect(exit).toBe(0)
  }))

test('replay lists what another policy would have decided otherwise, and why', () =>
  withLedger(async (folder) => {
    const { out, exit } = await replay(folder, ...tried(folder, policy('title: { matches: "^fix" }')))
    expect(out).toMatch(
      /acme\/shop merge main: allow → deny: Its title is “feat: cart”; it must fit “\^fix”\n1 decision/,
    )
    expect(exit).toBe(1)
    const json = await replay(folder, ...tried(folder, policy('title: { matches: "^fix" }')), '--json')
    expect(JSON.parse(json.out)).toMatchObject({ judged: 1, untold: 0, differing: [{ was: 'allow', would: 'deny' }] })
  }))

test('replay tells what a policy asks that was not read then, and guesses nothing', () =>
  withLedger(async (folder) => {
    const { out, exit } = await replay(folder, ...tried(folder, policy(`approval: { from: ${LENA.login}s }`)))
    expect(out).toBe(
      '0 decisions judged again: none differs. 1 cannot be told: the policy asks what was not read then.\n',
    )
    expect(exit).toBe(0)
  }))

test('replay tells a gate that the policy would not have', () =>
  withLedger(async (folder) => {
    const other = 'version: 1\nbranches:\n  other:\n    merge:\n      - draft: false\n'
    const { out, exit } = await replay(folder, ...tried(folder, other))
    expect(out).toContain('allow → none')
    expect(exit).toBe(1)
  }))

test.each([
  [[], /name a policy to try/],
  [['--policy', 'missing.yml'], /missing\.yml cannot be read: there is no such file/],
])('replay %j cannot run, and says why', (argv, why) =>
  withLedger(async (folder) => {
    const { err, exit } = await replay(folder, ...argv)
    expect(err).toMatch(why)
    expect(exit).toBe(2)
  }),
)

test('replay of an invalid policy cannot run', () =>
  withLedger(async (folder) => {
    const { err, exit } = await replay(folder, ...tried(folder, policy('titel: {}')))
    expect(err).toContain('tried.yml is not valid')
    expect(exit).toBe(2)
  }))

test('replay says plainly of which decisions the facts are not kept any more, and judges the others', () =>
  withLedger(async (folder) => {
    const store = await openStore({ dataDir: folder })
    await store.expireFacts(NOW + 1, NOW + 1)
    await store.close()
    const { out, err, exit } = await replay(folder, ...tried(folder, TITLE), '--repository', 'acme/shop')
    expect(out).toBe('0 decisions judged again: none differs. 1 cannot be told: their facts are not kept any more.\n')
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
    const json = await replay(folder, ...tried(folder, TITLE), '--json')
    expect(JSON.parse(json.out)).toEqual({ judged: 0, untold: 0, gone: 1, differing: [] })
  }))

test.each([
  [['--repository', 'acme/typo'], /no decision of acme\/typo is on record in /],
  [['--repository', 'typo'], /--repository typo is not OWNER\/REPO/],
  [['--from', '2026-11-21', '--to', '2026-11-20'], /--from 2026-11-21 is not before --to 2026-11-20/],
])('replay %j refuses what can find nothing', (argv, why) =>
  withLedger(async (folder) => {
    const { out, err, exit } = await replay(folder, ...tried(folder, TITLE), ...argv)
    expect({ out, err, exit }).toEqual({ out: '', err: expect.stringMatching(why), exit: 2 })
  }),
)

test('replay of a repository that is known ends with 0 where the time has no decision of it', () =>
  withLedger(async (folder) => {
    const { out, exit } = await replay(
      folder,
      ...tried(folder, TITLE),
      ...['--repository', 'Acme/Shop', '--from', '2030-01-01'],
    )
    expect({ out, exit }).toEqual({ out: '0 decisions judged again: none differs.\n', exit: 0 })
  }))

test.each([
  [`update ledger set body = '{"verdict":'`, /Entry 1 of the ledger cannot be read/],
  [`update ledger set body = '{"verdict":{}}'`, /entry 1 of the ledger cannot be judged again: it is no verdict/],
  [`update sides set value = '{' where kind = 'facts'`, /Entry 1 of the ledger cannot be read/],
])('replay after %s names the entry', (statement, says) =>
  withLedger(async (folder) => {
    const raw = new Database(join(folder, 'release-gates.db'))
    raw.exec(`drop trigger ledger_no_update; ${statement}`)
    raw.close()
    const { err, exit } = await replay(folder, ...tried(folder, TITLE))
    expect({ err, exit }).toEqual({ err: expect.stringMatching(says), exit: 2 })
  }),
)
