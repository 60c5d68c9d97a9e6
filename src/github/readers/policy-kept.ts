import { BadPolicyFile, type PolicyFile } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { folderTold, policyTold } from './policy-told.js'

/** Commits and folders never change, so that what one of them holds is kept for as long as there is room. */
const FOREVER = { forever: true } as const

export const commitKey = ({ id }: Scope, commit: Sha): string => `policy/${id}/${commit}`
const folderKey = ({ id }: Scope, folder: Sha): string => `policy/${id}/folder/${folder}`
const everKey = ({ id }: Scope): string => `policy/${id}/ever`

/** Whether a query is to bring the policy's text along: nothing is known yet of this repository's. */
export const wantsText = (scope: Scope): boolean => scope.cache.peek(everKey(scope)) === null

const toldBy = (reply: unknown, commit: Sha): PolicyFile | null => {
  try {
    return policyTold(reply, 'folder', commit)
  } catch (error) {
    if (error instanceof BadPolicyFile) return null // whoever reads the policy meets it again
    throw error
  }
}

const keep = async <T>({ cache }: Scope, key: string, value: T): Promise<void> => {
  await cache.read(key, () => Promise.resolve(value), FOREVER)
}

/** Keeps what a policy's folder holds, whichever commit it was read at. */
export const keepFolder = async (scope: Scope, file: PolicyFile['file'], folder: Sha | null): Promise<void> => {
  await keep(scope, everKey(scope), true)
  if (folder !== null) await keep(scope, folderKey(scope, folder), file)
}

/**
 * Learns what a pull request's query told of the policy at its base: the file, or its folder by an id that is known. Of
 * what was not told whole nothing is learnt, and the policy is read as ever.
 */
export const learnPolicy = async (scope: Scope, target: { readonly oid: Sha } | null | undefined): Promise<void> => {
  if (!target) return
  const told = toldBy(target, target.oid)
  const folder = folderTold(target)
  if (told !== null) {
    await keep(scope, commitKey(scope, target.oid), told)
    return keepFolder(scope, told.file, folder)
  }
  const known = folder === null ? null : scope.cache.peek<PolicyFile['file']>(folderKey(scope, folder))
  if (known !== null) await keep(scope, commitKey(scope, target.oid), { commit: target.oid, file: (await known).value })
}
