import { expect, test } from '@jest/globals'
import { inferTier, isLower, stricterTier, tiersBetween } from '../../src/policy/composing/tier.js'

test.each([
  ['dev', 'development'],
  ['Development', 'development'],
  ['review/feature-1', 'development'],
  ['trunk', 'development'],
  ['test', 'testing'],
  ['tst-2', 'testing'],
  ['integration', 'testing'],
  ['acceptance', 'testing'],
  ['acpt', 'testing'],
  ['qa', 'testing'],
  ['QC', 'testing'],
  ['control', 'testing'],
  ['quality', 'testing'],
  ['stg', 'staging'],
  ['stag', 'staging'],
  ['staging', 'staging'],
  ['model', 'staging'],
  ['modl', 'staging'],
  ['pre', 'staging'],
  ['demo', 'staging'],
  ['prod', 'production'],
  ['prd-eu', 'production'],
  ['Production', 'production'],
  ['live', 'production'],
  ['shop', 'other'],
  ['eu-west-1', 'other'],
] as const)('%s is %s, as GitLab has it', (name, tier) => {
  expect(inferTier(name)).toBe(tier)
})

test.each([
  'mint-production',
  'premium-prod',
  'dev.prod',
  'test_production',
  'qa live',
  'Staging/PROD',
  'prod-test',
  'eu1prod2-dev',
  'reviewProduction',
])('%s is production, though GitLab would guess lower', (name) => {
  expect(inferTier(name)).toBe('production')
})

test.each(['non-prod', 'pre-prod', 'nonprod', 'preprod', 'pre_production', 'NonProd', 'non production', 'pre-live'])(
  '%s is staging: it says itself that it is not production',
  (name) => {
    expect(inferTier(name)).toBe('staging')
  },
)

test('width and case of letters change no tier', () => {
  expect(inferTier('ＰＲＯＤ')).toBe('production')
})

test('a look-alike letter makes a name other, which is as critical as production', () => {
  expect(inferTier('prоd')).toBe('other')
  expect(isLower('other', 'production')).toBe(false)
  expect(isLower('production', 'other')).toBe(false)
})

test('the stricter of two tiers is the more critical, and production before other', () => {
  expect(stricterTier('staging', 'testing')).toBe('staging')
  expect(stricterTier('development', 'other')).toBe('other')
  expect(stricterTier('other', 'production')).toBe('production')
  expect(stricterTier('production', 'other')).toBe('production')
})

test('between a tier and a raised one lie all that the raise passes, the highest first', () => {
  expect(tiersBetween('testing', 'production')).toEqual(['production', 'other', 'staging', 'testing'])
  expect(tiersBetween('staging', 'staging')).toEqual(['staging'])
})
