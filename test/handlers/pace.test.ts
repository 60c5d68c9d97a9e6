import { expect, test } from '@jest/globals'
import { Pace } from '../../src/handlers/pace.js'

const aPace = () => {
  const rests: number[] = []
  const pace = new Pace((milliseconds) => Promise.resolve(rests.push(milliseconds)))
  return { pace, rests, arrive: (count: number) => Array.from({ length: count }, () => pace.arrived()) }
}

test('while deliveries pour in, handling them rests four times as long as it worked', async () => {
  const { pace, rests, arrive } = aPace()
  arrive(50)
  await pace.rest(10)
  expect(rests).toEqual([40])
})

test('a long turn is no reason for a long rest', async () => {
  const { pace, rests, arrive } = aPace()
  arrive(50)
  await pace.rest(5_000)
  expect(rests).toEqual([250])
})

test('where few deliveries come in, and after a flood has ended, there is no rest', async () => {
  const { pace, rests, arrive } = aPace()
  arrive(7)
  await pace.rest(10)
  arrive(50)
  await pace.rest(10)
  await pace.rest(10)
  expect(rests).toEqual([40])
})
