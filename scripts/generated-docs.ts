import { BUILT_IN_POLICY } from '../src/policy/composing/built-in.js'
import { scenarioJsonSchema } from '../src/policy/scenario/schema.js'
import { policyJsonSchema } from '../src/policy/reading/schema.js'
import { rulesPage } from './rules-page.js'

/** Everything under `docs/` that is made of the code: path and text. A test fails where a file is out of date. */
export const generatedDocs = (): readonly (readonly [path: string, text: string])[] => [
  ['docs/rules.md', rulesPage()],
  ['docs/policy.schema.json', `${JSON.stringify(policyJsonSchema(), null, 1)}\n`],
  ['docs/scenario.schema.json', `${JSON.stringify(scenarioJsonSchema(), null, 1)}\n`],
  ['docs/built-in-policy.yml', BUILT_IN_POLICY],
]
