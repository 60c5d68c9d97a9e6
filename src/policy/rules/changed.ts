import { z } from 'zod'
import { ask, type ChangedFile } from '../facts.js'
import { flag, globs, patterns } from '../parameters.js'
import { fitsGlob, fitsPattern } from '../patterns.js'
import { allow, defineRule, deny, wait } from '../rule.js'
import { listed } from './values.js'

const params = z
  .strictObject({
    paths: globs.optional(),
    matches: patterns.optional(),
    except: globs.optional(),
    only: flag.prefault(false),
    none: flag.prefault(false),
  })
  .refine(({ paths, matches, except }) => paths ?? matches ?? except, { error: 'must have paths, matches or except' })
  .refine(({ only, none }) => !(only && none), {
    error: 'must not stand beside `only: true`',
    path: ['none'],
  })
type Params = z.output<typeof params>

/** A rename is a deletion and an addition: both names changed. */
const namesOf = ({ path, previous }: ChangedFile): readonly string[] => (previous === null ? [path] : [path, previous])

const fits = ({ paths, matches, except }: Params, name: string): boolean => {
  if (except !== undefined && fitsGlob(except, name)) return false
  if (paths === undefined && matches === undefined) return true
  return (paths !== undefined && fitsGlob(paths, name)) || (matches !== undefined && fitsPattern(matches, name))
}

/** What was changed fits: one file, `only` such files and at least one, or `none`. */
export const changed = defineRule({
  name: 'changed',
  about: 'A changed file fits; with `only` every one does; with `none` no one does.',
  gates: ['merge', 'policy', 'release'],
  predicate: true,
  params,
  asks: () => ({ files: ask.files }),
  check({ files }, given, { gate }) {
    const names = files.flatMap(namesOf)
    const fitting = names.filter((name) => fits(given, name))
    const closes = gate.kind === 'release' ? wait : deny
    const open = given.none
      ? fitting.length === 0
      : fitting.length > 0 && (!given.only || fitting.length === names.length)
    if (open) return allow({ files: listed([...fitting].sort()) })
    const wrong = given.none ? fitting : given.only ? names.filter((name) => !fitting.includes(name)) : []
    return closes('path_not_allowed', { files: listed([...wrong].sort()), only: given.only, none: given.none })
  },
})
