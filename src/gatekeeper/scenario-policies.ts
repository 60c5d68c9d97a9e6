import { posix } from 'node:path'
import { parsePolicy, type PolicyOrigin } from '../policy/reading/document.js'
import type { Policies, PolicySource } from '../policy/composing/gates.js'
import type { PolicyReference, Scenario } from '../policy/scenario/file.js'
import type { ScenarioFiles } from './ports.js'

/** A policy that a scenario names and that its commit does not have. */
export class MissingPolicy extends Error {
  override readonly name = 'MissingPolicy'
  constructor(
    readonly reference: PolicyReference,
    message: string,
  ) {
    super(message)
  }
}

const ABSENT = { state: 'absent' } as const

/** Where a path beside a file leads; `null`: out of the repository. */
const pathFrom = (file: string, path: string): string | null => {
  if (posix.isAbsolute(path) || path.includes('\\') || path.includes('\0')) return null
  const found = posix.join(posix.dirname(file), path)
  return found === '..' || found.startsWith('../') ? null : found
}

const sourceOf = (text: string, file: string, origin: PolicyOrigin): PolicySource => {
  const parsed = parsePolicy(text, file, origin)
  if (parsed.ok) return { state: 'present', policy: parsed.policy, sha: 'scenario' }
  const { problems, branches } = parsed
  return { state: 'invalid', problems, sha: 'scenario', ...(branches === undefined ? {} : { branches }) }
}

/**
 * Finds the policies that the scenarios of one commit name, each once, at that commit and nowhere else.
 * @throws {MissingPolicy} when a path leads to no file of the commit; {@link Unreadable} when GitHub does not tell.
 */
export const policiesAt = ({ read }: Pick<ScenarioFiles, 'read'>) => {
  const known = new Map<string, Promise<PolicySource>>()
  const remembered = (key: string, find: () => Promise<PolicySource>): Promise<PolicySource> => {
    const found = known.get(key) ?? find()
    known.set(key, found)
    return found
  }
  const named = async (
    reference: PolicyReference,
    path: string | null,
    origin: PolicyOrigin,
  ): Promise<PolicySource> => {
    if (path === null) throw new MissingPolicy(reference, 'its path leads out of the repository')
    const text = await read(path)
    if (text === null) throw new MissingPolicy(reference, `there is no text file ${path} at this commit`)
    return sourceOf(text, path, origin)
  }
  const sourceFor = (
    reference: PolicyReference | null,
    file: string,
    origin: PolicyOrigin,
  ): Promise<PolicySource> | PolicySource => {
    if (reference === null) return ABSENT
    if (reference.kind === 'inline')
      return remembered(`${origin}\n${file}\n${reference.text}`, async () => sourceOf(reference.text, file, origin))
    const path = pathFrom(file, reference.path)
    return remembered(`${origin}\n${path ?? `${file}\n${reference.path}`}`, () => named(reference, path, origin))
  }
  return async ({ policy, organisation }: Scenario, file: string): Promise<Policies> => ({
    organisation: await sourceFor(organisation, file, 'organisation'),
    repository: await sourceFor(policy, file, 'repository'),
  })
}
