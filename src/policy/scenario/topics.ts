import type { Topic } from '../facts.js'

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

/** Names that the scenario format uses where facts have another one. */
const ALIASES: Readonly<Record<string, string>> = {
  diff: 'diffs',
  unresolved_conversations: 'conversations',
  team: 'teams',
  user: 'users',
  handovers: 'releases',
}

/** `teams/AppSec` as the key of the questions it covers. */
export const topicKey = (written: string): string => {
  const [topic = '', ...rest] = written.toLowerCase().split('/')
  return [ALIASES[topic] ?? topic, ...rest].join('/')
}

/** Whether anything could be asked under this name. */
export const isTopic = (written: string): boolean => TOPICS.some((topic) => topic === topicKey(written).split('/')[0])

export const TOPIC_NAMES = TOPICS.join(', ')
