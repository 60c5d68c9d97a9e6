import type { InstallationId, RepositoryId, Sha } from '../policy/facts.js'
import type { Urgency } from './github-ports.js'

/**
 * What a gate judges, named by what never changes. An event only names a subject; what is true of it is read afresh.
 *
 * `change`: a pull request. `group`: a merge queue's commit. `push`: a branch's tip. `deployment`: one run's wish to
 * enter one environment (its attempt and SHA are read). `api_deployment`: a deployment made through the API. `start`: a
 * job of an environment started, perhaps without us. `command`: a comment that may carry a command. `press`: a button of
 * our own check run; `by` and `checkRun` are the only facts ever taken from an event, because GitHub shows them nowhere
 * else. `repository`: everything open there, for sweeps.
 */
export type Subject =
  | { readonly kind: 'change'; readonly repository: RepositoryId; readonly number: number }
  | {
      readonly kind: 'group'
      readonly repository: RepositoryId
      readonly sha: Sha
      readonly base: string
      readonly baseSha: Sha
      readonly headRef: string
    }
  | {
      readonly kind: 'push'
      readonly repository: RepositoryId
      readonly branch: string
      readonly before: Sha | null
      readonly sha: Sha
      readonly by: number | null
    }
  | {
      readonly kind: 'deployment'
      readonly repository: RepositoryId
      readonly environment: string
      readonly run: number
    }
  | {
      readonly kind: 'api_deployment'
      readonly repository: RepositoryId
      readonly environment: string
      readonly deployment: number
    }
  | {
      readonly kind: 'start'
      readonly repository: RepositoryId
      readonly environment: string
      readonly run: number
      readonly deployment: number | null
    }
  | { readonly kind: 'command'; readonly repository: RepositoryId; readonly number: number; readonly comment: number }
  | {
      readonly kind: 'press'
      readonly repository: RepositoryId
      readonly checkRun: number
      readonly by: number
      readonly identifier: string
      readonly delivery: string
    }
  | { readonly kind: 'repository'; readonly repository: RepositoryId }

/** One text per subject, the primary key of its row. */
export const keyOf = (subject: Subject): string => {
  switch (subject.kind) {
    case 'change':
      return `change/${subject.repository}/${subject.number}`
    case 'group':
      return `group/${subject.repository}/${subject.sha}`
    case 'push':
      return `push/${subject.repository}/${subject.sha}/${subject.branch}`
    case 'deployment':
      return `deployment/${subject.repository}/${subject.run}/${subject.environment}`
    case 'api_deployment':
      return `api_deployment/${subject.repository}/${subject.deployment}/${subject.environment}`
    case 'start':
      return `start/${subject.repository}/${subject.run}/${subject.environment}`
    case 'command':
      return `command/${subject.repository}/${subject.comment}`
    case 'press':
      return `press/${subject.repository}/${subject.checkRun}/${subject.delivery}`
    case 'repository':
      return `repository/${subject.repository}`
  }
}

/**
 * What must not be judged twice at once. Deployments share (repository, environment); changes, groups and pushes share
 * (repository, head SHA). A change whose head is not known yet has a lane of its own until its first look.
 */
export const laneOf = (subject: Subject, sha: Sha | null): string => {
  switch (subject.kind) {
    case 'change':
    case 'group':
    case 'push':
      return sha === null ? keyOf(subject) : `sha/${subject.repository}/${sha}`
    case 'deployment':
    case 'api_deployment':
    case 'start':
      return `environment/${subject.repository}/${subject.environment.normalize('NFKC').toLowerCase()}`
    case 'command':
    case 'press':
    case 'repository':
      return keyOf(subject)
  }
}

/** Lower goes first: deployments and people's acts, then changes and pushes, then fan-outs and sweeps. */
export const PRIORITY = { deployment: 0, act: 1, change: 5, fanout: 8, sweep: 9 } as const

export const priorityOf = ({ kind }: Subject): number => {
  switch (kind) {
    case 'deployment':
    case 'api_deployment':
      return PRIORITY.deployment
    case 'command':
    case 'press':
    case 'start':
      return PRIORITY.act
    case 'change':
    case 'group':
    case 'push':
      return PRIORITY.change
    case 'repository':
      return PRIORITY.sweep
  }
}

/** How urgent GitHub is asked for it: a deployment and a person's act always, a change unless a fan-out woke it. */
export const urgencyOf = (subject: Subject, priority: number): Urgency => {
  if (priorityOf(subject) <= PRIORITY.act) return 'release'
  return Math.max(priorityOf(subject), priority) < PRIORITY.fanout ? 'change' : 'background'
}

/** Where a repository is now. `id` is its identity; `owner` and `name` are only how to ask GitHub about it. */
export interface RepositoryAddress {
  readonly installation: InstallationId
  readonly id: RepositoryId
  readonly owner: string
  readonly name: string
}

/**
 * What a handler makes of an event. `touch`: judge this subject (its row is made where there is none). `wake`: judge
 * every known, unfinished subject of the repository or installation that asked a fact under `about` (`teams/appsec`,
 * `protection`), of this SHA where one is given. `address`: where the repository is now; `gone`: the installation may
 * not see it any more; of a repository that is another installation's by now, one that names its own says nothing.
 */
export type Hint =
  | {
      readonly kind: 'touch'
      readonly subject: Subject
      readonly sha?: Sha
      readonly installation: InstallationId
      readonly notBefore?: number
      /** It may close a gate that stands open: not even in a flood does it wait for long. */
      readonly closes?: true
    }
  | {
      readonly kind: 'wake'
      readonly scope: { readonly repository: RepositoryId } | { readonly installation: InstallationId }
      readonly about: readonly string[]
      readonly sha?: Sha
    }
  | { readonly kind: 'address'; readonly address: RepositoryAddress }
  | {
      readonly kind: 'gone'
      readonly scope:
        { readonly repository: RepositoryId; readonly of?: InstallationId } | { readonly installation: InstallationId }
      readonly why: string
    }
