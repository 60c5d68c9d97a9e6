import type { Style } from './text.js'
import { textOf } from './values.js'
import type { Finding } from '../verdict.js'

/** What is wrong where GitHub enforces less than the policy's `protection` asks, by the policy's key. */
const WEAK: Readonly<Record<string, string>> = {
  admins: 'administrators may go around the rules',
  pull_request: 'no pull request is required',
  'pull_request.dismiss_stale': 'a push does not dismiss earlier approvals',
  'pull_request.last_push': 'the last push needs no approval by somebody else',
  'pull_request.code_owners': 'code owners need not approve',
  up_to_date: 'a branch need not be up to date',
  force_push: 'force pushes are allowed',
  deletion: 'the branch may be deleted',
  linear_history: 'merge commits are allowed',
  signed_commits: 'commits need not be signed',
  conversations: 'review threads need not be resolved',
}

const OWN_CHECK = 'this app’s own check is not required, or not from this app alone'

/** One demand that GitHub does not enforce, with the key that asks it. */
export const weakness = (each: Finding['values'], { value, name }: Style): string => {
  const [key, found, asked] = [textOf(each['key']), textOf(each['found']), textOf(each['asked'])]
  const words = WEAK[key]
  if (key === 'own_check') return OWN_CHECK
  if (words !== undefined) return `${words} (${value(key)})`
  if (key.startsWith('checks.')) return `the check ${value(key.slice('checks.'.length))} is not required`
  if (key.startsWith('bypass.'))
    return `${name(found)} may bypass it, and ${asked === 'nobody' ? asked : `only ${name(asked)}`} should (${value('bypass')})`
  return `${value(key)} is ${value(found)} and must be ${value(asked)}`
}
