import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { openStore } from '../../src/store/store.js'
import { anAct, NOW } from '../contracts/store-world.js'
import { inFolder } from './folder.js'

const ENTRIES = 5
const TRIGGERS = [
  'ledger_no_update',
  'ledger_no_delete',
  'ledger_in_order',
  'ledger_head_forward',
  'ledger_head_no_delete',
]

/** A ledger of five entries, closed, and then what somebody does to the file. */
const after = (tamper: (raw: Database.Database) => void) =>
  inFolder(async (folder) => {
    const store = await openStore({ dataDir: folder })
    for (let run = 1; run <= ENTRIES; run++) await store.records.act(anAct({ run, text: `act ${run}` }), NOW + run)
    await store.close()
    const raw = new Database(join(folder, 'release-gates.db'))
    tamper(raw)
    raw.close()
    const reader = await openStore({ dataDir: folder, readOnly: true })
    const found = await reader.ledger.verify()
    await reader.close()
    return found
  })

/** Somebody who knows SQL, and the triggers, but cannot recompute what others have kept. */
const byForce = (statement: string) =>
  after((raw) => {
    for (const trigger of TRIGGERS) raw.exec(`drop trigger ${trigger}`)
    raw.exec(statement)
  })

test('an untouched ledger is whole', async () => {
  expect(await after(() => undefined)).toMatchObject({ ok: true, entries: ENTRIES })
})

test.each([
  ['changed', `update ledger set body = '{}' where sequence = 1`],
  ['deleted', 'delete from ledger where sequence = 1'],
  [
    'replaced',
    `insert or replace into ledger select 1, at, kind, installation, repository, subject, '{}', previous, hash from ledger where sequence = 1`,
  ],
  [
    'inserted out of order',
    `insert into ledger select 9, at, kind, installation, repository, subject, body, previous, hash from ledger where sequence = 1`,
  ],
  ['taken back by its head', 'update ledger_head set sequence = 1'],
  ['beheaded', 'delete from ledger_head'],
])('an entry cannot be %s', async (_, statement) => {
  await after((raw) => expect(() => raw.exec(statement)).toThrow('append-only'))
})

test('a changed entry is named, whatever was changed in it', async () => {
  const changes = [
    'at = at + 1',
    `kind = 'rejection'`,
    'installation = 2',
    'repository = 9',
    `subject = 'x'`,
    `body = '{}'`,
    `body = 'no JSON'`,
    `body = body || ' '`,
    `at = x'00'`,
    'body = cast(body as blob)',
  ]
  for (const change of changes)
    expect(await byForce(`update ledger set ${change} where sequence = 3`)).toMatchObject({
      ok: false,
      sequence: 3,
      problem: 'hash',
      verified: 2,
    })
})

test('an entry that was given another hash breaks the one after it', async () => {
  expect(await byForce(`update ledger set hash = '${'0'.repeat(64)}' where sequence = 3`)).toMatchObject({
    sequence: 3,
    problem: 'hash',
  })
  expect(await byForce(`update ledger set previous = '${'0'.repeat(64)}' where sequence = 3`)).toMatchObject({
    sequence: 3,
    problem: 'previous',
  })
})

test('a missing entry is named', async () => {
  expect(await byForce('delete from ledger where sequence = 1')).toMatchObject({
    sequence: 1,
    problem: 'gap',
    verified: 0,
  })
  expect(await byForce('delete from ledger where sequence = 3')).toMatchObject({
    sequence: 3,
    problem: 'gap',
    verified: 2,
  })
})

test('a cut-off tail is noticed', async () => {
  expect(await byForce('delete from ledger where sequence >= 4')).toMatchObject({
    ok: false,
    sequence: 4,
    problem: 'tail',
    verified: 3,
  })
  expect(await byForce('delete from ledger')).toMatchObject({ sequence: 1, problem: 'tail', verified: 0 })
})

test('a record of the last entry that is older, missing or another is noticed', async () => {
  expect(await byForce('update ledger_head set sequence = 4')).toMatchObject({ ok: false, problem: 'head' })
  const older = 'update ledger_head set (sequence, hash) = (select sequence, hash from ledger where sequence = 4)'
  expect(await byForce(older)).toMatchObject({ ok: false, sequence: 5, problem: 'head', verified: 4 })
  expect(await byForce('delete from ledger_head')).toMatchObject({ ok: false, sequence: 6, problem: 'head' })
  expect(await byForce(`update ledger_head set hash = '${'f'.repeat(64)}'`)).toMatchObject({
    ok: false,
    sequence: 5,
    problem: 'head',
  })
})

test('a last entry that was replaced by another with a fitting hash does not fit the record', async () => {
  const found = await byForce(
    `update ledger set (body, hash) = (select body, hash from ledger where sequence = 4) where sequence = 5`,
  )
  expect(found).toMatchObject({ ok: false, sequence: 5 })
})
