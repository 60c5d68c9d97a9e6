import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileProblem } from '../file-problem.js'
import { parsePolicy, type PolicyDocument, type PolicyOrigin } from '../policy/reading/document.js'
import type { Policies, PolicySource } from '../policy/composing/gates.js'
import type { PolicyReference, Scenario } from '../policy/scenario/file.js'

/** A policy that a scenario names and that is not there. */
export class MissingPolicy extends Error {
  public constructor(
    public readonly reference: PolicyReference,
    message: string,
  ) {
    super(message)
  }
}

/** Reads each policy once, so that gates composed of the same two files are composed once. */
export class PolicyFiles {
  private readonly sources = new Map<string, PolicySource>()

  public constructor(private readonly cwd: string) {}

  /** @throws {MissingPolicy} when a file cannot be read; one that can be read and is invalid is a source that says so. */
  public policiesOf({ policy, organisation }: Pick<Scenario, 'policy' | 'organisation'>, file: string): Policies {
    return {
      organisation: organisation ? this.source(organisation, file, 'organisation') : ABSENT,
      repository: policy ? this.source(policy, file, 'repository') : ABSENT,
    }
  }

  /** Every valid policy that was read. */
  public documents(): readonly PolicyDocument[] {
    return [...this.sources.values()].flatMap((source) => (source.state === 'present' ? [source.policy] : []))
  }

  private source(reference: PolicyReference, file: string, origin: PolicyOrigin): PolicySource {
    if (reference.kind === 'inline') {
      return this.remembered(`${origin}\n${file}\n${reference.text}`, () => sourceOf(reference.text, file, origin))
    }
    return this.remembered(`${origin}\n${dirname(file)}\n${reference.path}`, () => {
      const path = resolve(this.cwd, dirname(file), reference.path)
      return sourceOf(readPolicy(path, reference), relative(this.cwd, path), origin)
    })
  }

  private remembered(key: string, make: () => PolicySource): PolicySource {
    const found = this.sources.get(key) ?? make()
    this.sources.set(key, found)
    return found
  }
}

const ABSENT = { state: 'absent' } as const

const readPolicy = (path: string, reference: PolicyReference): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new MissingPolicy(reference, fileProblem(error))
  }
}

/** A policy's text as what became of reading it. */
export const sourceOf = (text: string, name: string, origin: PolicyOrigin): PolicySource => {
  const parsed = parsePolicy(text, name, origin)
  if (parsed.ok) return { state: 'present', policy: parsed.policy, sha: 'scenario' }
  const { problems, branches } = parsed
  return { state: 'invalid', problems, sha: 'scenario', ...(branches === undefined ? {} : { branches }) }
}
