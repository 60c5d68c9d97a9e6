import type { Advice } from './advice.js'
import { namesIn } from '../composing/groups.js'
import { mentions } from './mentions.js'
import { canonical } from './names.js'
import type { PolicyDocument } from './policy-document.js'

/** Advice on `groups`: names that GitHub does not give, and groups that no rule names. */
export const groupAdvice = (policy: PolicyDocument): readonly Advice[] => [
  ...[...policy.groups.values()].flatMap(({ group, place }) => [
    ...(group.users ?? []).flatMap((user, index) => {
      const login = typeof user === 'string' ? user : user.user
      const path = ['users', index, ...(typeof user === 'string' ? [] : ['user'])]
      return onLogin(login).map((advice) => ({ ...advice, place, path }))
    }),
    ...(group.teams ?? []).flatMap((team, index) => {
      const slug = typeof team === 'string' ? team : team.team
      const path = ['teams', index, ...(typeof team === 'string' ? [] : ['team'])]
      return onSlug(slug).map((advice) => ({ ...advice, place, path }))
    }),
    ...(group.inherited !== undefined && group.teams === undefined
      ? [{ place, path: ['inherited'], message: '`inherited` is about teams, and this group has none.' }]
      : []),
  ]),
  ...unused(policy),
]

type Said = Pick<Advice, 'message' | 'suggestion'>

const onLogin = (login: string): readonly Said[] => {
  if (/^@[\w-]+$/.test(login))
    return [{ message: `\`${login}\` is no login; write it without \`@\`.`, suggestion: login.slice(1) }]
  if (/^[A-Za-z\d](?:[A-Za-z\d_-]*)(\[bot\])?$/.test(login)) return []
  const what = login.includes('@') ? 'is an e-mail address' : 'is no login'
  return [{ message: `\`${login}\` ${what}; a user is named by the login on GitHub.` }]
}

const onSlug = (slug: string): readonly Said[] => {
  if (!/[@/\s]/.test(slug)) return []
  const suggestion = slug
    .replace(/^.*[@/]/, '')
    .trim()
    .replace(/\s+/g, '-')
    .toLowerCase()
  return [{ message: `\`${slug}\` is no team's slug: the last part of the team's address on GitHub.`, suggestion }]
}

/** The organisation's groups may be named in every repository. */
const unused = (policy: PolicyDocument): readonly Advice[] => {
  if (policy.origin !== 'repository') return []
  const named = new Set(
    mentions(policy)
      .flatMap(({ people }) => namesIn(people))
      .map(canonical),
  )
  return [...policy.groups].flatMap(([key, { name, place }]) =>
    named.has(key) ? [] : [{ place, message: `The group \`${name}\` is named by no rule of this file.` }],
  )
}
