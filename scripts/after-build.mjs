/**
 * The last step of `npm run build`: makes the command line executable, and copies files that the compiler leaves out.
 * A missing command line fails the build: the package's bin would point at nothing.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'

const COMPILED = new Set(['.ts', '.tsx'])

chmodSync('dist/cli/main.js', 0o755)

for (const file of filesBelow('src').filter((name) => !COMPILED.has(extname(name)))) {
  const target = join('dist', relative('src', file))
  mkdirSync(dirname(target), { recursive: true })
  cpSync(file, target)
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}
