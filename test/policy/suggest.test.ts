import { expect, test } from '@jest/globals'
import { nearMiss } from '../../src/policy/reading/suggest.js'

const keys = ['environments', 'branches', 'approval', 'from', 'by', 'in', 'dismiss_stale', 'name']

test.each([
  ['enviroments', 'environments'],
  ['environemnts', 'environments'],
  ['Branches', 'branches'],
  ['aproval', 'approval'],
  ['approvals', 'approval'],
  ['form', 'from'],
  ['dismiss-stale', 'dismiss_stale'],
  ['nmae', 'name'],
  ['env', 'environments'],
])('%s was probably meant to be %s', (written, meant) => {
  expect(nearMiss(written, keys)).toBe(meant)
})

test.each(['of', 'xyz', 'protection', 'approved_by', ''])('nothing is near %j', (written) => {
  expect(nearMiss(written, keys)).toBeUndefined()
})

test('of two that are near, the nearest is named', () => {
  expect(nearMiss('tests', ['rest', 'test'])).toBe('test')
})
