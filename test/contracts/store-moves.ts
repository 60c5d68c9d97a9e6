import { expect, test } from '@jest/globals'
import type { Hint } from '../../src/gatekeeper/subject.js'
import { installationId } from '../../src/policy/facts.js'
import { ACME, aChange, judgedOnce, NOW, SHOP, theLease, touch, type OpenEmpty } from './store-world.js'

const OTHERS = installationId(2)
const at = (installation: typeof ACME, owner: string): Hint => ({
  kind: 'address',
  address: { installation, id: SHOP, owner, name: 'shop' },
})

/** From one organisation's installation to another's. */
export const movesContract = (open: OpenEmpty): void => {
  test('what its former installation says of it late takes nothing from the new one', async () => {
    const store = await open()
    await store.subjects.hint([at(OTHERS, 'others'), touch(aChange())], NOW)
    await store.subjects.hint([{ kind: 'gone', scope: { repository: SHOP, of: ACME }, why: 'removed' }], NOW)
    expect(await store.subjects.address(SHOP)).toMatchObject({ installation: OTHERS })
    await theLease(store, NOW)
  })

  test('its subjects go with it: woken by the new installation, and not ended with the former one', async () => {
    const store = await open()
    await store.subjects.hint([at(ACME, 'acme')], NOW)
    await judgedOnce(store, aChange(), { asked: ['policy'] })
    await store.subjects.hint([at(OTHERS, 'others')], NOW)
    await store.subjects.hint([{ kind: 'gone', scope: { installation: ACME }, why: 'installation deleted' }], NOW)
    await store.subjects.hint([{ kind: 'wake', scope: { installation: OTHERS }, about: ['policy'] }], NOW)
    expect(await theLease(store, NOW)).toMatchObject({ key: 'change/7/1', installation: OTHERS })
  })

  test('an address that is as it was changes nothing', async () => {
    const store = await open()
    for (let time = 0; time < 2; time++) await store.subjects.hint([at(ACME, 'acme')], NOW)
    expect(await store.subjects.addresses()).toHaveLength(1)
  })
}
