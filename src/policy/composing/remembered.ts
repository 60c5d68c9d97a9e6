import type { Gate } from '../gate.js'
import type { PolicyDocument } from '../reading/policy-document.js'

type Gates = readonly Gate[]

/** Names of branches and environments come from outside; so many are kept for two documents. */
const KEPT = 1_000
const NOBODY: object = {}
const kept = new WeakMap<object, WeakMap<object, Map<string, Gates>>>()

/** Composes once for the same two documents and key: decisions run at many thousands a second, files change rarely. */
export const remembered = (
  organisation: PolicyDocument | null,
  repository: PolicyDocument | null,
  key: string,
  compose: () => Gates,
): Gates => {
  const gates = gatesOf(organisation ?? NOBODY, repository ?? NOBODY)
  const found = gates.get(key)
  if (found !== undefined) return found
  const made = compose()
  if (gates.size >= KEPT) gates.clear()
  gates.set(key, made)
  return made
}

const gatesOf = (organisation: object, repository: object): Map<string, Gates> => {
  const below = kept.get(organisation) ?? new WeakMap<object, Map<string, Gates>>()
  const gates = below.get(repository) ?? new Map<string, Gates>()
  kept.set(organisation, below)
  below.set(repository, gates)
  return gates
}
