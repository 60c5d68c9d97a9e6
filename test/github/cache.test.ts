import { expect, test } from '@jest/globals'
import { cacheOf, TIME_LIMIT } from '../../src/github/cache.js'

const aCache = () => {
  let now = 1_000
  let reads = 0
  const cache = cacheOf({ now: () => now })
  return {
    cache,
    passes: (time: number) => (now += time),
    read: (options?: Parameters<typeof cache.read>[2]) =>
      cache.read('installation/1/teams/leads', async () => (reads += 1), options),
  }
}

test('what was read is believed for a minute, and says when it was read', async () => {
  const { read, passes } = aCache()
  expect(await read()).toEqual({ value: 1, at: 1_000 })
  passes(TIME_LIMIT - 1)
  expect(await read()).toEqual({ value: 1, at: 1_000 })
  passes(1)
  expect(await read()).toEqual({ value: 2, at: 1_000 + TIME_LIMIT })
})

test('what never changes is read once', async () => {
  const { read, passes } = aCache()
  await read({ forever: true })
  passes(100 * TIME_LIMIT)
  expect(await read({ forever: true })).toMatchObject({ value: 1 })
})

test('many who ask at once share one read', async () => {
  const { read } = aCache()
  expect(await Promise.all([read(), read(), read()])).toMatchObject([{ value: 1 }, { value: 1 }, { value: 1 }])
})

test('a fresh look reads anew, and others profit from it', async () => {
  const { read } = aCache()
  await read()
  expect(await read({ fresh: true })).toMatchObject({ value: 2 })
  expect(await read()).toMatchObject({ value: 2 })
})

test('a failure is not kept', async () => {
  const { cache } = aCache()
  await expect(cache.read('key', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await cache.read('key', async () => 'yes')).toMatchObject({ value: 'yes' })
})

test('what is forgotten while it is being read does not come back', async () => {
  const { cache } = aCache()
  let finish: (value: string) => void = () => undefined
  const old = cache.read('key', () => new Promise<string>((resolve) => (finish = resolve)))
  cache.forget((key) => key === 'key')
  const anew = cache.read('key', async () => 'new')
  finish('old')
  expect(await old).toMatchObject({ value: 'old' })
  expect(await anew).toMatchObject({ value: 'new' })
  expect(await cache.read('key', async () => 'newer')).toMatchObject({ value: 'new' })
})

test('nothing is believed for longer because the clock went back', async () => {
  const { read, passes } = aCache()
  passes(3_600_000)
  await read()
  passes(-3_600_000)
  expect(await read()).toMatchObject({ value: 2 })
})
