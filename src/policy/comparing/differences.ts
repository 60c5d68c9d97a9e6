import type { Change } from './changes.js'
import { codeSpan } from '../words/text.js'
import type { Tier } from '../gate.js'

/** Which gate, or which part of the file that several gates rest on, a difference is about. */
export type About =
  | { readonly of: 'file' }
  | { readonly of: 'policy' }
  /** `key` as the file writes it: a name, a glob or `~default`. */
  | { readonly of: 'merge' | 'push' | 'protection'; readonly key: string }
  | { readonly of: 'environment'; readonly name: string }
  | { readonly of: 'tier'; readonly tier: Tier }
  | { readonly of: 'freeze' | 'group'; readonly name: string }

/** Something that another policy makes weaker, stronger or different. `words` are Markdown; what users wrote is escaped. */
export interface Difference extends Change {
  readonly about: About
}

/** Which gate it is, as a text about it begins. */
export const aboutText = (about: About): string => {
  switch (about.of) {
    case 'file':
      return 'The file'
    case 'policy':
      return 'Changing the policy'
    case 'merge':
    case 'push':
      return `The ${about.of} gate of ${codeSpan(about.key)}`
    case 'protection':
      return `The protection of ${codeSpan(about.key)}`
    case 'environment':
      return codeSpan(about.name)
    case 'tier':
      return `The tier ${codeSpan(about.tier)}`
    case 'freeze':
    case 'group':
      return `The ${about.of} ${codeSpan(about.name)}`
  }
}

/** One line for people: `` `production`: approval from managers is no longer asked ``. */
export const differenceText = ({ about, words }: Difference): string => `${aboutText(about)}: ${words}`

export const about = (what: About, changes: readonly Change[]): readonly Difference[] =>
  changes.map((change) => ({ about: what, ...change }))
