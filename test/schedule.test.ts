import { expect, test } from '@jest/globals'
import { each } from '../src/schedule.js'

test('a step that fails keeps none of those after it back, and all that went wrong is told', async () => {
  const done: string[] = []
  const step = (name: string, error?: Error) => () => {
    done.push(name)
    return error ? Promise.reject(error) : Promise.resolve()
  }
  await expect(each(step('first', new Error('disk full')), step('second'))).rejects.toThrow(/^disk full$/)
  await expect(
    each(step('third', new Error('disk full')), step('fourth', new Error('no answer')), step('fifth')),
  ).rejects.toThrow(/disk full; .*no answer/)
  expect(done).toEqual(['first', 'second', 'third', 'fourth', 'fifth'])
  await expect(each(step('sixth'))).resolves.toBeUndefined()
})
