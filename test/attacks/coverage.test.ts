import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const ID = /\b[A-Z]{2}-\d{2}\b/g
const HERE = 'test/attacks'

/** Ids in the names of tests: what a test mentions elsewhere, it need not play. */
const idsOfTests = (text: string): readonly string[] =>
  [...text.matchAll(/(?:\btest\(|\)\(|^\s*\[|^\s*)\s*(['"`])([A-Z]{2}-\d{2}.*?)\1/gm)].flatMap(
    ([, , name]) => name?.match(ID) ?? [],
  )

const rows = readFileSync(join(HERE, 'rows.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.slice(0, 5))

const tested = new Set(
  readdirSync(HERE)
    .filter((file) => file.endsWith('.test.ts') && file !== 'coverage.test.ts')
    .flatMap((file) => idsOfTests(readFileSync(join(HERE, file), 'utf8'))),
)

const listed = new Set(readFileSync('docs/security.md', 'utf8').match(ID) ?? [])

test('every known attack is played by a test that bears its id, or listed as not covered', () => {
  expect(rows.length).toBeGreaterThan(150)
  expect(rows.filter((id) => !tested.has(id) && !listed.has(id))).toEqual([])
})

test('no test and no list names an attack that nobody described', () => {
  const known = new Set(rows)
  expect([...tested, ...listed].filter((id) => !known.has(id))).toEqual([])
})
