import { createRequire } from 'node:module'

interface Outside {
  readonly kept: Map<string, unknown>
  readonly require: (name: string) => unknown
}

/** What environment.mjs lays down in every test file; other programs have one world of modules anyhow. */
const outside = (globalThis as { readonly outside?: Outside }).outside ?? {
  kept: new Map<string, unknown>(),
  require: createRequire(import.meta.url),
}

/**
 * What all test files of one worker use, made by the first that asks. Only for what is costly and never changes, and
 * uses nothing of the file that made it but the language.
 */
export const shared = <T>(name: string, make: () => T): T => {
  if (!outside.kept.has(name)) outside.kept.set(name, make())
  return outside.kept.get(name) as T
}

/** A package that is loaded once a worker instead of once a file. Its errors are none of the file's own classes. */
export const sharedPackage = <T>(name: string): T => outside.require(name) as T
