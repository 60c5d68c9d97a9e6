import type { ChangedFile } from '../facts.js'
import { fitsGlob } from '../patterns.js'

/** What the policy gate guards: both policy files, scenario files and workflows. */
export const GUARDED: readonly string[] = [
  '.github/release-gates.{yml,yaml}',
  'release-gates.{yml,yaml}',
  '**/*.gates-test.{yml,yaml}',
  '.github/workflows/**',
]

/** A change touches what the policy gate guards, under its new name or its old one. */
export const touchesPolicy = (files: readonly ChangedFile[]): boolean =>
  files.some(({ path, previous }) => fitsGlob(GUARDED, path) || (previous !== null && fitsGlob(GUARDED, previous)))
