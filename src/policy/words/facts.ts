import type { Style } from './text.js'
import type { Read } from './values.js'

/** Facts by the beginning of their keys, as a person calls them. */
const NAMES: Readonly<Record<string, string>> = {
  approval: 'whether an approval is asked',
  approvals: 'the approvals on record',
  bypasses: 'the bypasses on record',
  change: 'the pull request',
  checks: 'the checks of this commit',
  clock: 'the time',
  comments: 'the comments',
  commits: 'the commits',
  conversations: 'the review threads',
  deployment: 'the deployment',
  diffs: 'the diffs of the commits',
  files: 'the changed files',
  linked_issues: 'the linked issues',
  overrides: 'the overrides on record',
  policy: 'the policy file',
  'protection/bypass': 'who may bypass the branch protection',
  protection: 'the branch protection',
  push: 'the push',
  released: 'the earlier releases',
  releases: 'who released it',
  repository: 'the repository',
  reviews: 'the reviews',
  roles: 'who has which role in the repository',
  running: 'the running deployments',
  ships: 'what ships',
  workflows: 'the workflow runs of this commit',
}

/** `teams/leads/direct/17` → `the team leads`. */
export const factName = (key: string, { name, value }: Style): string => {
  const [topic = '', of = ''] = key.split('/')
  switch (topic) {
    case '':
      return 'a fact'
    case 'teams':
      return of === '' ? 'the teams' : `the team ${name(of)}`
    case 'users':
      return of === '' ? 'the accounts' : `the account ${name(of)}`
    case 'organizations':
      return of === '' ? 'the organizations' : `who is in ${name(of)}`
    default:
      return NAMES[key] ?? NAMES[topic] ?? value(key)
  }
}

/** A reader says again what it could not read; the policy file is the organisation's or the repository's. */
const reasonOf = (read: Read): string => read.text('reason').replace(/^.{1,120}? could not be read: /, '')

const subjectOf = (read: Read, style: Style): string => {
  const source = read.text('source')
  return read.text('fact') === 'policy' && source !== ''
    ? `the ${source === 'organisation' ? 'organisation' : 'repository'}’s policy file`
    : factName(read.text('fact'), style)
}

/** `the team leads could not be read: GitHub answered 404`. */
export const couldNotBeRead = (read: Read, style: Style): string => {
  const subject = subjectOf(read, style)
  const reason = reasonOf(read)
  const missing = /^the (?:team|organization) \S+ does not exist$/.test(reason)
  if (missing) return `${subject.replace(/^who is in/, 'the organization')} does not exist`
  if (read.text('fact') === 'clock') return `the time cannot be told: ${style.line(reason)}`
  return `${subject} could not be read${reason === '' ? '' : `: ${style.line(reason)}`}`
}

export const meansAnother = (read: Read, style: Style): string => {
  const reason = reasonOf(read)
  const other = read.text('fact').startsWith('teams/') ? 'another team' : 'somebody else'
  return `${factName(read.text('fact'), style)} is now ${other} than the policy means${reason === '' ? '' : `: ${style.line(reason)}`}`
}
