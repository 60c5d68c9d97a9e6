import type * as Decide from '../src/policy/decide.js'
import type * as Document from '../src/policy/reading/document.js'
import type * as Gates from '../src/policy/composing/gates.js'
import type * as ScenarioFacts from '../src/policy/scenario/facts.js'

/**
 * The built product, as it is shipped: what `tsx` makes of the sources wraps every function to keep its name, which is
 * slower than what runs in production. Types are those of the sources.
 */
const built = async <Module>(path: string): Promise<Module> =>
  (await import(new URL(`../dist/policy/${path}`, import.meta.url).href)) as Module

export const decide = await built<typeof Decide>('decide.js')
export const document = await built<typeof Document>('reading/document.js')
export const gates = await built<typeof Gates>('composing/gates.js')
export const scenarioFacts = await built<typeof ScenarioFacts>('scenario/facts.js')
