import { expect, test } from '@jest/globals'
import { Pace } from '../../src/handlers/pace.js'

const aPace = () => {
  const rests: number[] = []
  let now = 0
  const sleep = (milliseconds: number) => {
    now += milliseconds
    return Promise.resolve(rests.push(milliseconds))
  }
  const pace = new Pace({ sleep, elapsed: () => now })
  const arrive = (count: number, within: number) => {
    now += within
    for (let n = 0; n < count; n += 1) pace.arrived()
  }
  return { pace, rests, arrive }
}

test('while deliveries pour in, handling them rests nine times as long as it worked', async () => {
  const { pace, rests, arrive } = aPace()
  arrive(50, 20)
  await pace.rest(10)
  expect(rests).toEqual([90])
})

test('a long turn is no reason for a long rest', async () => {
  const { pace, rests, arrive } = aPace()
  arrive(5_000, 5_000)
  await pace.rest(5_000)
  expect(rests).toEqual([250])
})

test('where few deliveries come in, and after a flood has ended, there is no rest', async () => {
  const { pace, rests, arrive } = aPace()
  arrive(7, 1)
  await pace.rest(10)
  arrive(50, 20)
  await pace.rest(10)
  await pace.rest(10)
  expect(rests).toEqual([90])
})

test('a hundred deliveries a second are no flood, however many came during a slow turn', async () => {
  const { pace, rests, arrive } = aPace()
  arrive(100, 1_000)
  await pace.rest(200)
  expect(rests).toEqual([])
})
