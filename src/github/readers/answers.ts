import { Unreadable } from '../../gatekeeper/ports.js'
import { known, unknown, type Fact, type Facts, type Instant, type Question, type Topic } from '../../policy/facts.js'
import { Renamed } from '../errors.js'

/** A value, and when it was read where that was not now. */
export interface Reading {
  readonly value: unknown
  readonly at?: Instant
}

/** How a question is read; `null`: not GitHub's to answer. Not called before it is asked. */
export type Reader = (question: Question) => (() => Promise<Reading>) | null

/** Readers by what they are asked about. */
export type Readers = { readonly [About in Topic]?: (question: Question) => Promise<Reading> }

export const readerOf =
  (readers: Readers): Reader =>
  (question) => {
    const read = readers[question.about]
    return read ? () => read(question) : null
  }

const SOURCE = 'GitHub'

const answerTo = async (read: () => Promise<Reading>, now: Instant): Promise<Fact> => {
  try {
    const { value, at = now } = await read()
    return known(value, SOURCE, at)
  } catch (error) {
    if (error instanceof Renamed) return unknown(error.message, SOURCE, now, 'renamed')
    if (error instanceof Unreadable) return unknown(error.message, SOURCE, now)
    throw error
  }
}

/**
 * Every question that GitHub can answer, each on its own: what cannot be read is unknown with the reason, and spoils no
 * other. What only our store knows is left out. A bug throws.
 */
export const answer = async (questions: readonly Question[], reader: Reader, now: Instant): Promise<Facts> => {
  const asked = new Map(questions.map((question) => [question.key, question]))
  const answers = await Promise.all(
    [...asked.values()].map(async (question): Promise<readonly [string, Fact] | null> => {
      const read = reader(question)
      return read && [question.key, await answerTo(read, now)]
    }),
  )
  return new Map(answers.filter((one) => one !== null))
}

/** A reading that happens now. */
export const now = (read: () => Promise<unknown>) => async (): Promise<Reading> => ({ value: await read() })
