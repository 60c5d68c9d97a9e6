import { createRequire } from 'node:module'

const manifest = createRequire(import.meta.url)('../package.json') as { readonly version: string }

/** This program's version, from its package. */
export const VERSION = manifest.version
