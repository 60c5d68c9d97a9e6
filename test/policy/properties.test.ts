import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decide } from '../../src/policy/decide.js'
import { unknown } from '../../src/policy/facts.js'
import { reviveFacts, serialiseFacts } from '../../src/policy/facts-json.js'
import { CODES, type Json } from '../../src/policy/verdict.js'
import { RULES } from '../../src/policy/rules/index.js'
import { findingsIn, judged, NOW } from './given.js'
import { conditionals, type Tree } from './properties-gates.js'
import { anything, conditioned, made, opens } from './properties-given.js'
import { rawDeployment } from './properties-subjects.js'

const RUNS = { numRuns: 150 }

/** One sample for both of the tests below. */
const verdicts = fc.sample(anything, { numRuns: 1200, seed: 7 }).map((each) => judged(made(each)))

test('the generated gates of every kind open and shut, so that the laws below are about something', () => {
  const seen = new Map<string, number>()
  for (const { kind, decision } of verdicts) seen.set(`${kind} ${decision}`, (seen.get(`${kind} ${decision}`) ?? 0) + 1)
  for (const kind of ['merge', 'policy', 'release'])
    for (const decision of ['allow', 'wait', 'deny', 'undecided'])
      expect(seen.get(`${kind} ${decision}`) ?? 0).toBeGreaterThan(3)
  for (const decision of ['allow', 'wait', 'deny']) expect(seen.get(`push ${decision}`) ?? 0).toBeGreaterThan(20)
})

test('among the generated gates every rule there is allows, and every rule does not', () => {
  const allowing = new Set<string>()
  const refusing = new Set<string>()
  for (const { rule, outcome } of verdicts.flatMap(({ findings }) => findingsIn(findings)))
    (outcome === 'allow' ? allowing : refusing).add(rule)
  const rules = [...RULES.keys()]
  expect(rules.filter((rule) => !allowing.has(rule))).toEqual([])
  expect(rules.filter((rule) => !refusing.has(rule))).toEqual([])
})

test('deciding never throws, and says only what can be said in JSON and in known codes', () => {
  fc.assert(
    fc.property(anything, (each) => {
      const verdict = judged(made(each))
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict)
      for (const { code, outcome } of findingsIn(verdict.findings)) {
        if (code !== undefined) expect(CODES).toContain(code)
        else expect(['allow', 'inactive', 'wait', 'deny', 'undecided']).toContain(outcome)
      }
    }),
    RUNS,
  )
})

test('facts that become unknown never open a gate, and one that nobody read is as unknown as one that says so', () => {
  fc.assert(
    fc.property(anything, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (each, choices) => {
      const one = made(each)
      const keys = [...one.facts.keys()]
      const dark = new Set(choices.map((choice) => keys[choice % keys.length] ?? ''))
      const darker = new Map(one.facts)
      for (const key of dark) darker.set(key, unknown('dark', 'test', NOW))
      const without = new Map([...one.facts].filter(([key]) => !dark.has(key)))
      expect(opens(one) || !opens(one, darker)).toBe(true)
      expect(opens(one, darker)).toBe(opens(one, without))
    }),
    { numRuns: 400 },
  )
})

test('a rejection that cannot be read never opens a gate, though another way through it is open', () => {
  const anyhow: Tree = { any: [{ rule: '{ approval: { from: signers } }' }, { rule: '{ size: { total: ">=0" } }' }] }
  fc.assert(
    fc.property(rawDeployment, (raw) => {
      const one = made({ kind: 'release', raw: { ...raw, event: 'push' }, list: [anyhow], more: [], freezes: [] })
      for (const key of one.facts.keys()) {
        const darker = new Map(one.facts).set(key, unknown('dark', 'test', NOW))
        expect(opens(one) || !opens(one, darker)).toBe(true)
      }
    }),
    RUNS,
  )
})

test('nothing is ever allowed where every entry of the layers was inactive', () => {
  fc.assert(
    fc.property(conditioned, conditionals, (each, list) => {
      const { decision, findings } = judged(made({ ...each, list, more: [] }))
      const whens = findings.filter(({ rule }) => rule === 'when')
      expect(whens).toHaveLength(list.length)
      if (whens.every(({ outcome }) => outcome === 'inactive')) expect(decision).not.toBe('allow')
    }),
    RUNS,
  )
})

test('the same gate, facts and instant give the same verdict, also after the ledger has kept the facts', () => {
  fc.assert(
    fc.property(anything, (each) => {
      const { gate, facts } = made(each)
      const kept = JSON.parse(JSON.stringify(serialiseFacts(facts))) as Json
      const verdict = decide(gate, facts, NOW)
      expect(decide(gate, facts, NOW)).toEqual(verdict)
      expect(decide(gate, reviveFacts(kept), NOW)).toEqual(verdict)
      expect(judged(made(each))).toEqual(verdict)
    }),
    RUNS,
  )
})
