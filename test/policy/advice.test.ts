import { describe, expect, test } from '@jest/globals'
import { parsePolicy, type PolicyOrigin } from '../../src/policy/reading/document.js'

/** Every warning as `line:column message`, what was meant behind it. */
const advised = (text: string, origin: PolicyOrigin = 'repository'): readonly string[] => {
  const read = parsePolicy(text, 'policy.yml', origin)
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  return read.warnings.map(
    ({ line, column, message, suggestion }) =>
      `${line}:${column} ${message}${suggestion === undefined ? '' : ` → ${suggestion}`}`,
  )
}

/** Entries begin at 5:9. */
const merge = (...entries: readonly string[]) => `version: 1\nbranches:\n  main:\n    merge:\n${listed(entries)}`
const release = (...entries: readonly string[]) =>
  `version: 1\nenvironments:\n  production:\n    release:\n${listed(entries)}`
const listed = (entries: readonly string[]) => entries.map((entry) => `      - ${entry}\n`).join('')

describe('what has no effect, or can never be, is told where it stands', () => {
  test.each([
    [
      'a deployer of a pull request',
      merge('approval: { from: leads, involved: [author, deployer] }'),
      '5:53 `deployer` has no effect here: a pull request has no deployer.',
    ],
    [
      'what a push does to an approval of a release',
      release('approval: { from: leads, after_push: same_diff }'),
      '5:46 `after_push` has no effect on a release: an approval is of exactly one commit.',
    ],
    [
      'a label asked for and forbidden',
      merge('labels: { all: [Go], none: [x, go] }'),
      '5:40 `Go` must be there and must not be there; this can never be.',
    ],
    [
      'an author in a group and not in it',
      merge('author: { in: core, not_in: core }'),
      '5:37 Nobody is in a group and not in it; this can never be.',
    ],
    [
      'a heading with its marks',
      merge('documents: { headings: "## Plan" }'),
      '5:32 `## Plan`: a heading is named without `#`; any level counts. → Plan',
    ],
    [
      'a workflow without its folder',
      merge('workflows: { paths: [test.yml] }'),
      '5:30 `test.yml` fits no workflow: name its file, below `.github/workflows/`. → .github/workflows/test.yml',
    ],
    [
      'a workflow by its title',
      release('workflow: { paths: Release }'),
      '5:28 `Release` fits no workflow: name its file, below `.github/workflows/`.',
    ],
    [
      'a branch where a commit is due',
      release('reviewed: { since: main }'),
      '5:28 `main` is no full commit SHA, so no commit is found by it.',
    ],
    [
      'a full ref of a tag',
      release('ref: { tags: [v1, "refs/tags/v*"] }'),
      "5:27 `refs/tags/v*` is no tag's name; write it without `refs/tags/`. → v*",
    ],
    [
      'a branch that cannot be',
      'version: 1\nbranches:\n  "a branch": { merge: [{ draft: false }] }\n',
      '3:3 No branch can be called `a branch`; nothing is guarded by it.',
    ],
    [
      'an environment of which nothing is said',
      'version: 1\nenvironments:\n  production: {}\n',
      '3:3 Nothing is said about `production`; it is judged as if it were not named here.',
    ],
    [
      'a bypass whose review nobody can close',
      'version: 1\nenvironments:\n  production:\n    release: [{ approval: { from: leads } }]\n    bypass: { cancel: false }\n',
      '5:13 Nobody here can close the review that a bypass owes; name `reviewed_by`.',
    ],
    [
      'a protection that nothing asks for',
      'version: 1\nbranches:\n  main:\n    protection: { deletion: false }\n    merge: [{ draft: false }]\n',
      "4:17 No rule of this file asks for this protection; `- protected: {}` in a gate does, here or in the organisation's file.",
    ],
    [
      'children of teams in a group without teams',
      'version: 1\ngroups:\n  core: { users: [a], inherited: false }\nbranches: { main: { merge: [{ author: { in: core } }] } }\n',
      '3:34 `inherited` is about teams, and this group has none.',
    ],
    [
      'a group that nothing names',
      'version: 1\ngroups:\n  core: { users: [a] }\n',
      '3:3 The group `core` is named by no rule of this file.',
    ],
  ])('%s', (_, text, told) => {
    expect(advised(text)).toEqual([told])
  })

  test('an organisation that binds nobody', () => {
    expect(advised('version: 1\nrepositories: { exclude: [a, "*"] }\n', 'organisation')).toEqual([
      '2:30 This excludes every repository, so the file binds none.',
    ])
  })
})

describe('names that GitHub does not give', () => {
  const group = (terms: string) =>
    `version: 1\ngroups:\n  core: ${terms}\nbranches: { main: { merge: [{ author: { in: core } }] } }\n`
  test.each([
    ['{ users: ["@anna"] }', '3:19 `@anna` is no login; write it without `@`. → anna'],
    ['{ users: [{ user: a@b.c }] }', '3:27 `a@b.c` is an e-mail address; a user is named by the login on GitHub.'],
    [
      '{ teams: [acme/devs] }',
      "3:19 `acme/devs` is no team's slug: the last part of the team's address on GitHub. → devs",
    ],
    [
      '{ teams: [The Devs] }',
      "3:19 `The Devs` is no team's slug: the last part of the team's address on GitHub. → the-devs",
    ],
  ])('%s', (terms, told) => {
    expect(advised(group(terms))).toEqual([told])
  })

  test.each(['{ users: [anna, a-b-c, "renovate[bot]", an_acme] }', '{ teams: [devs], inherited: false }'])(
    '%s is fine',
    (terms) => {
      expect(advised(group(terms))).toEqual([])
    },
  )
})

describe('entries beside each other', () => {
  test('the same twice', () => {
    expect(advised(merge('checks: [test]', 'checks: [test]'))).toEqual([
      '6:9 `checks` stands here twice: line 5 asks exactly the same.',
    ])
    expect(advised(merge('any: [{ checks: [test] }, { checks: [test] }]'))).toHaveLength(1)
  })

  test('an approval that a larger one of the same group includes', () => {
    expect(advised(merge('approval: { from: leads, count: 2 }', 'approval: { from: leads }'))).toEqual([
      '6:9 This approval can never matter: line 5 asks for 2 of the same group.',
    ])
  })

  test.each([
    [
      'people count once for every rule',
      `${merge('approval: { from: a }', 'approval: { from: a }')}    distinct: true\n`,
    ],
    ['the smaller one hears other people', merge('approval: { from: a, count: 2 }', 'approval: { from: [a, b] }')],
    ['one is enough', merge('any: [{ approval: { from: a, count: 2 } }, { approval: { from: a } }]')],
    ['alternatives exclude each other', merge('any: [{ draft: true }, { draft: false }]')],
    ['they overlap', release('event: { in: [push, release] }', 'event: { in: [push] }')],
  ])('nothing is said where %s', (_, text) => {
    expect(advised(text)).toEqual([])
  })

  test.each([
    ['draft: true', 'draft: false'],
    ['fork: false', 'not: { fork: false }'],
    ['author: { in: a }', 'author: { not_in: a }'],
  ])('%s and %s never hold together', (one, other) => {
    expect(advised(merge(one, other))).toEqual(['6:9 This and line 5 never hold together: this gate never opens.'])
    expect(advised(merge(`when: [{ ${other} }, { ${one} }]\n        require: [{ size: { total: "<9" } }]`))).toEqual([
      expect.stringContaining('what is required here is never asked'),
    ])
  })

  test('events and tiers that have nothing in common', () => {
    expect(advised(release('event: { in: [push] }', 'event: { in: [release] }'))).toHaveLength(1)
    expect(advised(release('tier: { in: [staging] }', 'tier: { in: [production] }'))).toHaveLength(1)
  })
})

describe('environments that wait for each other are told', () => {
  const environments = (...waits: readonly (readonly [string, string])[]) =>
    `version: 1\nenvironments:\n${waits
      .map(([name, to]) => `  ${name}: { release: [{ deployed: { to: ${to} } }, { newest: {} }] }\n`)
      .join('')}`
  const told = (to: string) =>
    `\`${to}\` waits, by \`deployed\`, for environments that in the end wait for each other; no commit can ever be the first.`

  test('a ring, and what waits for it, whatever the case of their names', () => {
    expect(advised(environments(['one', 'TWO'], ['two', 'three'], ['three', 'one'], ['last', 'two']))).toEqual([
      expect.stringContaining(told('TWO')),
      expect.stringContaining(told('three')),
      expect.stringContaining(told('one')),
      expect.stringContaining(told('two')),
    ])
  })

  test('a row is none, also where two wait for the same', () => {
    const row = environments(['production', 'staging'], ['mirror', 'staging'], ['staging', 'dev'], ['dev', 'elsewhere'])
    expect(advised(row).filter((each) => each.includes('wait for each other'))).toEqual([])
  })
})
