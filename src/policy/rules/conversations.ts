import { z } from 'zod'
import { ask } from '../facts.js'
import { allow, defineRule, wait } from '../rule.js'

/** No review thread is unresolved. */
export const conversations = defineRule({
  name: 'conversations',
  about: 'Every review thread is resolved.',
  gates: ['merge', 'policy'],
  predicate: false,
  params: z.literal('resolved', { error: 'must be resolved' }),
  asks: () => ({ unresolved: ask.conversations }),
  check: ({ unresolved }) => (unresolved === 0 ? allow() : wait('conversations_open', { unresolved })),
})
