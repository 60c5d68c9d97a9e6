import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const DEBIAN = '/usr/lib/postgresql'

const folders = (): readonly string[] => {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  return [
    process.env['PG_BIN'] ?? '',
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ]
}

/** The folder of `initdb` and `postgres`. @throws where there is none: these tests are never skipped. */
export const programs = (): string => {
  const found = folders().find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))))
  if (found !== undefined) return found
  throw new Error(
    'PostgreSQL is not installed, and these tests need it: apt-get install postgresql, or name the folder of initdb and postgres in PG_BIN.',
  )
}

/** PostgreSQL runs under no root: the account of Debian's package, or of nobody. */
export const account = (): { readonly uid: number; readonly gid: number } | null => {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string, name: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }))
  for (const name of ['postgres', 'nobody'])
    try {
      return { uid: id('-u', name), gid: id('-g', name) }
    } catch {
      continue
    }
  throw new Error('PostgreSQL does not run as root, and there is neither an account postgres nor nobody.')
}
