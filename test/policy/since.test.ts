import { expect, test } from '@jest/globals'
import { gateOfRelease, type PolicySource } from '../../src/policy/composing/gates.js'
import { questionsOf } from '../../src/policy/decide.js'
import { formatProblem, parsePolicy, type PolicyOrigin } from '../../src/policy/reading/document.js'

const source = (text: string, origin: PolicyOrigin): PolicySource => {
  const read = parsePolicy(`version: 1\n${text}`, 'release-gates.yml', origin)
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'))
  return { state: 'present', policy: read.policy, sha: 'p1' }
}

const shipmentsAsked = (organisation: string, repository: string): readonly string[] => {
  const policies = {
    organisation: source(organisation, 'organisation'),
    repository: source(repository, 'repository'),
  }
  const gate = gateOfRelease(policies, {
    repository: 'acme/shop',
    defaultBranch: 'main',
    environment: 'production',
  })
  return questionsOf(gate).flatMap(({ about, key }) => (about === 'ships' ? [key] : []))
}

const APPROVED = 'tiers: { production: { release: [{ approval: { from: managers } }] } }\n'
const OVERRIDDEN =
  'tiers: { production: { release: [{ checks: [test] }], override: { by: core, reviewed_by: leads } } }\n'
const SINCE = 'environments: { production: { release: [{ reviewed: { since: c9 } }] } }\n'

test("a repository's since hides nobody from the organisation's approval of a first release", () => {
  expect(shipmentsAsked(APPROVED, SINCE)).toEqual(['ships', 'ships/c9'])
})

test("a repository's since hides nobody who may not give the organisation's override", () => {
  expect(shipmentsAsked(OVERRIDDEN, SINCE)).toEqual(expect.arrayContaining(['ships']))
})

test("the organisation's since begins what ships for both", () => {
  const above = 'tiers: { production: { release: [{ reviewed: { since: c1 } }, { approval: { from: managers } }] } }\n'
  const own = 'environments: { production: { release: [{ approval: { from: leads } }] } }\n'
  expect(shipmentsAsked(above, own)).toEqual(['ships/c1'])
})
