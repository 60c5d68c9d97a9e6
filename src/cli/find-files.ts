import { readdirSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git'])

/** Files below a folder whose name ends so, sorted, `node_modules` left out; paths relative to `cwd`. */
export const filesBelow = (folder: string, ending: string, cwd: string): readonly string[] => {
  const found: string[] = []
  const open = [resolve(cwd, folder)]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name)
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) open.push(path)
      if (entry.isFile() && entry.name.endsWith(ending)) found.push(relative(cwd, path))
    }
  }
  return found.sort()
}

/** The files named, a folder standing for those below it; without a name, all below `cwd`. */
export const namedFiles = (named: readonly string[], ending: string, cwd: string): readonly string[] =>
  (named.length > 0 ? named : ['.']).flatMap((name) =>
    isFolder(resolve(cwd, name)) ? filesBelow(name, ending, cwd) : [name],
  )

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
