import { z } from 'zod'
import { ask } from '../facts.js'
import { flag, globs } from '../parameters.js'
import { fitsGlob } from '../patterns.js'
import { allow, defineRule, deny } from '../rule.js'

/** The run is of one of these workflow files, in the default branch's version. */
export const workflow = defineRule({
  name: 'workflow',
  about: "The run's workflow file is listed, and is the default branch's version.",
  gates: ['release'],
  predicate: true,
  params: z.strictObject({ paths: globs, same_as_default: flag.prefault(true) }),
  asks: () => ({ deployment: ask.deployment }),
  check({ deployment: { workflow: run } }, { paths, same_as_default }) {
    const isChanged = run !== null && same_as_default && !run.sameAsDefault
    if (run === null || !fitsGlob(paths, run.path))
      return deny(
        'workflow_not_allowed',
        { path: run?.path ?? null, paths },
        { also: isChanged ? ['workflow_changed'] : [] },
      )
    return isChanged ? deny('workflow_changed', { path: run.path }) : allow({ path: run.path })
  },
})
