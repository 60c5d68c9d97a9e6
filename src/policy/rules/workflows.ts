import { z } from 'zod'
import { ask } from '../facts.js'
import { conclusions, globs } from '../parameters.js'
import { fitsGlob } from '../patterns.js'
import { allow, defineRule, wait } from '../rule.js'

const RUNNING = 'running'

/** Each of these workflows has run on exactly this SHA, and its newest completed run concluded so. */
export const workflows = defineRule({
  name: 'workflows',
  about: 'The newest completed run of each workflow on this commit concluded as asked.',
  gates: ['merge', 'policy', 'release'],
  predicate: false,
  params: z.strictObject({ paths: globs, conclusions: conclusions.prefault(['success']) }),
  asks: () => ({ runs: ask.workflows }),
  check({ runs }, { paths, conclusions }) {
    const completed = runs.filter(({ conclusion }) => conclusion !== RUNNING)
    const missing = paths.filter((path) => !completed.some((run) => fitsGlob([path], run.path)))
    const failed = completed.filter(
      ({ path, conclusion }) => fitsGlob(paths, path) && !conclusions.includes(conclusion),
    )
    if (missing.length + failed.length === 0) return allow({ paths })
    const values = { missing, failed: failed.map(({ path, conclusion }) => ({ path, conclusion })), conclusions }
    if (failed.length === 0) return wait('workflow_missing', values)
    return wait('workflow_failed', values, missing.length === 0 ? {} : { also: ['workflow_missing'] })
  },
})
