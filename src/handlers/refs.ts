import type { Hint } from '../gatekeeper/subject.js'
import { each, has, id, shaOrNone, text, type Payload } from './payload.js'
import { repositoryOf, touch, wakeInstallation, wakeRepository, type Handler } from './hints.js'

const BRANCH = /^refs\/heads\/(.+)$/s
const POLICY_FILE = /^(?:\.github\/)?release-gates\.ya?ml$/

/**
 * A branch or tag moved. A branch's tip is judged, and the policy may be another one. A tag, and a branch that was made,
 * deleted or rewritten, can change what a waiting deployment's ref means.
 */
export const onPush: Handler<Payload<'push'>> = (payload, { policyRepository }) => {
  const branch = BRANCH.exec(text(payload, 'ref'))?.[1]
  if (branch === undefined) return [wakeRepository(payload, ['deployment'])]
  return [
    ...touchTip(payload, branch),
    ...(isRewritten(payload) ? [wakeRepository(payload, ['deployment'])] : []),
    ...wakeForPolicy(payload, branch, policyRepository),
  ]
}

/** A branch or tag of this name exists now, perhaps beside one of the other kind. */
export const onCreate: Handler<Payload<'create'>> = (payload) => [wakeRepository(payload, ['deployment'])]

/** A branch or tag is gone; a deployment that was started from it can no longer be reached. */
export const onDelete: Handler<Payload<'delete'>> = (payload) => [wakeRepository(payload, ['deployment'])]

const isRewritten = ({ forced, created, deleted }: Payload<'push'>) => forced || created || deleted

/** The tip to judge; none where the branch was deleted. */
const touchTip = (payload: Payload<'push'>, branch: string): readonly Hint[] => {
  const tip = shaOrNone(payload, 'after')
  if (tip === null) return []
  const by = has(payload, 'sender.id') ? id(payload, 'sender.id') : null
  const before = shaOrNone(payload, 'before')
  return [
    touch(payload, { kind: 'push', repository: repositoryOf(payload), branch, before, sha: tip, by }, { sha: tip }),
  ]
}

/**
 * A policy is read at the default branch or at a pull request's base. The default branch wakes everything that rests on
 * a policy; another branch what rests on its own tip, and everything where the push is seen to touch a policy file.
 */
const wakeForPolicy = (payload: Payload<'push'>, branch: string, policyRepository: string): readonly Hint[] => {
  const isDefault = branch === text(payload, 'repository.default_branch')
  const everywhere = isDefault && text(payload, 'repository.name').toLowerCase() === policyRepository.toLowerCase()
  return [
    wakeRepository(payload, isDefault || touchesPolicy(payload) ? ['policy'] : [`policy/${branch}`]),
    ...(everywhere ? [wakeInstallation(payload, ['policy'])] : []),
  ]
}

const touchesPolicy = (payload: Payload<'push'>): boolean =>
  each(payload, 'commits').some((commit) =>
    ['added', 'modified', 'removed'].some((kind) =>
      each(commit, kind).some((path) => typeof path === 'string' && POLICY_FILE.test(path)),
    ),
  )
