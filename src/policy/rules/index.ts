import type { AnyRule } from '../rule.js'
import { actor } from './actor.js'
import { approval } from './approval.js'
import { author } from './author.js'
import { base } from './base.js'
import { changed } from './changed.js'
import { checks } from './checks.js'
import { contributors } from './contributors.js'
import { conversations } from './conversations.js'
import { delay } from './delay.js'
import { deployed } from './deployed.js'
import { deployer } from './deployer.js'
import { documents } from './documents.js'
import { draft } from './draft.js'
import { event } from './event.js'
import { fork } from './fork.js'
import { head } from './head.js'
import { labels } from './labels.js'
import { linkedIssue } from './linked-issue.js'
import { newest } from './newest.js'
import { noObjection } from './no-objection.js'
import { oneAtATime } from './one-at-a-time.js'
import { protectedBranch } from './protected.js'
import { ref } from './ref.js'
import { repository } from './repository.js'
import { reviewed } from './reviewed.js'
import { signed } from './signed.js'
import { size } from './size.js'
import { tier } from './tier.js'
import { title } from './title.js'
import { window } from './window.js'
import { workflow } from './workflow.js'
import { workflows } from './workflows.js'

const all: readonly AnyRule[] = [
  approval,
  noObjection,
  author,
  contributors,
  deployer,
  actor,
  checks,
  workflows,
  ref,
  event,
  workflow,
  protectedBranch,
  deployed,
  reviewed,
  documents,
  linkedIssue,
  window,
  delay,
  oneAtATime,
  newest,
  changed,
  size,
  labels,
  title,
  base,
  head,
  repository,
  tier,
  draft,
  fork,
  signed,
  conversations,
]

/** Every rule that a policy can name, by its name. */
export const RULES: ReadonlyMap<string, AnyRule> = new Map(all.map((rule) => [rule.name, rule]))
