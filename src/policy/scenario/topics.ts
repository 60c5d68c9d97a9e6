import type { Topic } from '../facts.js'
import type { SubjectKind } from './subject.js'

/** Every topic that a scenario may say cannot be read, and the two policy files. */
const TOPICS: readonly (Topic | 'policy' | 'organisation')[] = [
  'repository',
  'change',
  'commits',
  'files',
  'reviews',
  'comments',
  'checks',
  'workflows',
  'conversations',
  'linked_issues',
  'diffs',
  'protection',
  'teams',
  'users',
  'roles',
  'organizations',
  'deployment',
  'ships',
  'released',
  'running',
  'approvals',
  'releases',
  'overrides',
  'bypasses',
  'push',
  'policy',
  'organisation',
]

/**
 * What the keys of a scenario, and words that mean the same, are part of. Where a word is part of several facts, none
 * of them can be read.
 */
const PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['attempt', ['deployment']],
  ['author', ['change', 'commits', 'ships']],
  ['base', ['change']],
  ['body', ['change', 'ships']],
  ['by', ['deployment', 'push']],
  ['changes', ['change', 'ships']],
  ['check', ['checks']],
  ['comment', ['comments']],
  ['commit', ['commits', 'ships']],
  ['committer', ['commits', 'ships']],
  ['committers', ['commits', 'ships']],
  ['contributors', ['change', 'commits', 'ships']],
  ['deployments', ['released', 'running']],
  ['diff', ['diffs']],
  ['draft', ['change']],
  ['environment', ['deployment']],
  ['event', ['deployment']],
  ['file', ['files']],
  ['fork', ['change', 'deployment']],
  ['handovers', ['releases']],
  ['head', ['change']],
  ['head_sha', ['change']],
  ['issues', ['linked_issues']],
  ['labels', ['change']],
  ['members', ['teams']],
  ['memberships', ['teams']],
  ['merge_queue', ['change']],
  ['opened_at', ['change']],
  ['organization', ['organizations', 'organisation']],
  ['pull_request', ['change', 'ships']],
  ['reachable', ['deployment']],
  ['ref', ['deployment']],
  ['release', ['released']],
  ['release_notes', ['deployment']],
  ['requested_at', ['deployment']],
  ['retargeted_at', ['change']],
  ['review', ['reviews']],
  ['role', ['roles']],
  ['rulesets', ['protection']],
  ['same_named_ref', ['deployment']],
  ['sha', ['deployment']],
  ['signatures', ['commits', 'ships']],
  ['signed', ['commits', 'ships']],
  ['started_by', ['deployment']],
  ['statuses', ['checks']],
  ['team', ['teams']],
  ['title', ['change', 'ships']],
  ['unresolved_conversations', ['conversations']],
  ['user', ['users']],
  ['workflow', ['deployment', 'workflows']],
])

/** What of a pull request that ships comes with the list of what ships. */
const SHIPPED: ReadonlySet<string> = new Set(['change', 'commits', 'reviews'])

/** Topics of which a part can be unknown: one team, one account, one organization. Of all others a part is the whole. */
const PARTED: ReadonlySet<string> = new Set(['teams', 'users', 'organizations'])

/** `teams/AppSec` as the keys of the questions it covers. */
export const topicKeys = (written: string): readonly string[] => {
  const [first = '', ...rest] = written.toLowerCase().split('/')
  return (PARTS.get(first) ?? [first]).map((topic) => [topic, ...(PARTED.has(topic) ? rest : [])].join('/'))
}

/** Whether what a scenario calls unknown covers a question, by its key. */
export const hiding = (unknown: readonly string[], kind: SubjectKind): ((key: string) => boolean) => {
  const keys = unknown.flatMap(topicKeys)
  const more = kind !== 'change' && keys.some((key) => SHIPPED.has(key)) ? ['ships'] : []
  return (key) => [...keys, ...more].some((hidden) => covers(hidden, key.toLowerCase()))
}

const covers = (hidden: string, key: string): boolean => key === hidden || key.startsWith(`${hidden}/`)

/** Whether anything could be asked under this name. */
export const isTopic = (written: string): boolean =>
  topicKeys(written).every((key) => TOPICS.some((topic) => topic === key.split('/')[0]))

export const TOPIC_NAMES = TOPICS.join(', ')
