import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { comparePolicies, differenceText, type About, type Difference } from '../../src/policy/comparing/compare.js'
import { decide, questionsOf } from '../../src/policy/decide.js'
import { formatProblem, parsePolicy, type PolicyDocument } from '../../src/policy/reading/document.js'
import type { Gate } from '../../src/policy/gate.js'
import { gateOfRelease, gatesOfChange, type Policies } from '../../src/policy/composing/gates.js'
import { factsOf } from '../../src/policy/scenario/facts.js'
import type { RawSituation } from '../../src/policy/scenario/schema.js'
import { NOW } from './given.js'
import { change, deployment, PEOPLE, protectionFound, type Raw } from './known-facts.js'
import { mergePair, releasePair, type Pair } from './twin-policies.js'

const AT = { repository: 'acme/shop', defaultBranch: 'main' }

const parsed = new Map<string, PolicyDocument>()
const policyOf = (text: string): PolicyDocument => {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const read = parsePolicy(`version: 1\n${text}`, '.github/release-gates.yml', 'repository')
  if (!read.ok) throw new Error(`${text}\n${read.problems.map(formatProblem).join('\n')}`)
  parsed.set(text, read.policy)
  return read.policy
}

const compared = ({ before, after }: Pair): readonly Difference[] =>
  comparePolicies(policyOf(before), policyOf(after), { ...AT, organisation: null })

const gateOf = (policy: PolicyDocument, kind: 'merge' | 'release'): Gate | undefined => {
  const given: Policies = { organisation: { state: 'absent' }, repository: { state: 'present', policy, sha: 'p1' } }
  return kind === 'release'
    ? gateOfRelease(given, { ...AT, environment: 'production' })
    : gatesOfChange(given, { ...AT, base: 'main' }).find((gate) => gate.kind === 'merge')
}

/** Whether a difference tells somebody who looks at this gate. */
const concerns = (about: About, kind: 'merge' | 'release'): boolean => {
  switch (about.of) {
    case 'file':
    case 'freeze':
    case 'protection':
      return true
    case 'merge':
      return kind === 'merge'
    case 'environment':
    case 'tier':
      return kind === 'release'
    case 'push':
    case 'policy':
    case 'group':
      return false
  }
}

const warned = (pair: Pair): readonly Difference[] =>
  compared(pair).filter(({ about, direction }) => direction !== 'stronger' && concerns(about, pair.kind))

const opens = (policy: string, kind: Pair['kind'], raw: Raw, found: object): boolean => {
  const gate = gateOf(policyOf(policy), kind)
  if (gate === undefined) return true
  const situation = {
    raw: {
      ...PEOPLE,
      protection: { main: found },
      ...(kind === 'merge' ? { change: raw } : { deployment: raw }),
    } as RawSituation,
    kind: kind === 'merge' ? ('change' as const) : ('deployment' as const),
    now: NOW,
    ...AT,
    branch: 'main',
  }
  return decide(gate, factsOf(situation, questionsOf(gate), [gate]), NOW).decision === 'allow'
}

const law = (pairs: fc.Arbitrary<Pair>, facts: fc.Arbitrary<unknown>) =>
  fc.property(pairs, fc.array(fc.tuple(facts, protectionFound), { minLength: 6, maxLength: 6 }), (pair, some) => {
    if (warned(pair).length > 0) return
    for (const [raw, found] of some) {
      if (!opens(pair.after, pair.kind, raw as Raw, found)) continue
      const words = compared(pair).map(differenceText)
      if (!opens(pair.before, pair.kind, raw as Raw, found))
        throw new Error(`opened without a word: ${words.join('; ')}`)
    }
  })

const RUNS = { numRuns: Number(process.env['RUNS'] ?? 500) }

test('a merge gate that opens only after a change was called weaker or different', () => {
  fc.assert(law(mergePair, change), RUNS)
})

test('a release gate that opens only after a change was called weaker or different', () => {
  fc.assert(law(releasePair, deployment), RUNS)
})

test('the generated pairs are often only stronger, and their gates open and shut, so that the law is about something', () => {
  for (const [pairs, facts] of [
    [mergePair, change],
    [releasePair, deployment],
  ] as const) {
    const all = fc.sample(fc.tuple<[Pair, unknown, object]>(pairs, facts, protectionFound), { numRuns: 600, seed: 7 })
    const quiet = all.filter(([pair]) => warned(pair).length === 0)
    const changed = quiet.filter(([pair]) => compared(pair).length > 0)
    expect(changed.length).toBeGreaterThan(30)
    expect(new Set(quiet.map(([{ before, kind }, raw, found]) => opens(before, kind, raw as Raw, found))).size).toBe(2)
    const shutBefore = all.filter(
      ([{ before, after, kind }, raw, found]) =>
        opens(after, kind, raw as Raw, found) && !opens(before, kind, raw as Raw, found),
    )
    expect(shutBefore.length).toBeGreaterThan(5)
  }
})
