import type { Signatory } from '../facts.js'
import type { People } from './people.js'

const CO_AUTHOR = /^[ \t]*co-authored-by:[^\n<]*<([^>\n]*)>/gim
/** GitHub's own addresses tell the login; any other belongs to nobody that a scenario could know. */
const NOREPLY = /^(?:\d+\+)?([a-z\d][a-z\d-]*(?:\[bot\])?)@users\.noreply\.github\.com$/i

/** Whom the trailers of a commit's message name as co-authors, as the app reads them; `null`: an address without an account. */
export const coAuthorsIn = (message: string, people: People): readonly Signatory[] =>
  [...message.matchAll(CO_AUTHOR)].map(([, email = '']) => {
    const [, login] = NOREPLY.exec(email.trim()) ?? []
    return people.or(login ?? null, null)
  })
