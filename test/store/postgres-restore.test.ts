import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { openStore } from '../../src/store/store.js'
import { anAct, anIntent, HEAD, NOW, SHOP } from '../contracts/store-world.js'
import { aDatabase, statements } from '../postgres/cluster.js'

test('the statement that the docs give after a restore leaves no override to anybody', async () => {
  const [, statement = ''] = /```sql\n(update acts[\s\S]*?)```/.exec(readFileSync('docs/operate.md', 'utf8')) ?? []
  const databaseUrl = await aDatabase()
  const store = await openStore({ dataDir: 'nowhere', databaseUrl })
  const unspent = async () =>
    (await store.records.overrides(SHOP, 'production', HEAD, { run: 100, attempt: 1 })).filter(
      ({ spentAt }) => spentAt === null,
    )
  try {
    await store.records.act(anAct({ key: 'under way', kind: 'override' }), NOW)
    await store.records.intendByOverride(anIntent({ run: 100, attempt: 1 }), NOW)
    await store.records.act(anAct({ key: 'unused', kind: 'override' }), NOW)
    expect(await unspent()).toHaveLength(2)
    await statements(databaseUrl, statement)
    expect(await unspent()).toEqual([])
  } finally {
    await store.close()
  }
})
