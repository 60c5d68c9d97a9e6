import { z } from 'zod'
import { fit } from './fit.js'
import type { Gate } from '../gate.js'
import { canonical } from './names.js'
import { glob } from '../parameters.js'
import { fitsGlob } from '../patterns.js'
import type { PolicyDocument } from './policy-document.js'
import type { Report } from './problems.js'
import type { Node } from './yaml.js'

const MODES = ['enforce', 'observe', 'observe-and-approve'] as const satisfies readonly Gate['mode'][]

/** `repositories` as an organisation's file writes it. */
export const bindingSchema = z.strictObject({
  include: z.array(glob).min(1, { error: 'must not be empty, or the file would bind no repository' }).default(['*']),
  exclude: z.array(glob).default([]),
})

export const modeSchema = z.enum(MODES)

export const readBinding = (node: Node | undefined, report: Report): PolicyDocument['repositories'] =>
  node === undefined ? null : (fit(bindingSchema, node, '`repositories`', report) ?? null)

export const readMode = (node: Node | undefined, report: Report): Gate['mode'] =>
  node === undefined ? 'enforce' : (fit(modeSchema, node, '`mode`', report) ?? 'enforce')

/**
 * Whether an organisation's file binds a repository (`owner/name`). A glob with a `/` is held against the full name, any
 * other against the name alone; case-blind, as GitHub's names are.
 */
export const binds = ({ repositories }: PolicyDocument, repository: string): boolean => {
  if (repositories === null) return true
  const fits = (pattern: string) => repositoryFits(pattern, repository)
  return repositories.include.some(fits) && !repositories.exclude.some(fits)
}

/** Whether a glob names a repository. */
export const repositoryFits = (pattern: string, repository: string): boolean => {
  const fullName = canonical(repository)
  const name = pattern.includes('/') ? fullName : fullName.slice(fullName.indexOf('/') + 1)
  return fitsGlob([canonical(pattern)], name)
}
