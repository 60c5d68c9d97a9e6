/**
 * What a change of a policy does to a gate. `stronger`: whatever opens the gate after it, opened it before, as far as every
 * fact is known. `weaker`: it may open on something that kept it shut. `different`: neither can be shown.
 */
export type Direction = 'weaker' | 'stronger' | 'different'

/** One thing that becomes weaker, stronger or different, in words that need no further escaping in Markdown. */
export interface Change {
  readonly direction: Direction
  readonly words: string
}

export const weaker = (words: string): Change => ({ direction: 'weaker', words })
export const stronger = (words: string): Change => ({ direction: 'stronger', words })
export const different = (words: string): Change => ({ direction: 'different', words })

/** Several changes as one direction: weaker and stronger at once cannot be ordered. */
export const overall = (changes: readonly Change[]): Direction | 'same' => {
  const [first, ...more] = new Set(changes.map(({ direction }) => direction))
  return first === undefined ? 'same' : more.length === 0 ? first : 'different'
}

export const opposite = (direction: Direction): Direction => {
  switch (direction) {
    case 'weaker':
      return 'stronger'
    case 'stronger':
      return 'weaker'
    case 'different':
      return 'different'
  }
}

/** The same changes, said of a part: where it stands comes first. */
export const within = (where: string, changes: readonly Change[]): readonly Change[] =>
  changes.map(({ direction, words }) => ({ direction, words: `${where}: ${words}` }))
