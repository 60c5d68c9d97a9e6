import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block of a page. `tags`: the words after the backticks (`yaml release` → `yaml`, `release`). */
export interface Block {
  readonly page: string
  readonly line: number
  readonly tags: readonly string[]
  readonly text: string
}

export const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Files below a folder whose name ends so, as paths from the project's folder; hidden folders too. */
export const filesBelow = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name).split(sep).join('/'))
    .sort()

/** Every page that people read: the ones at the top, in docs, examples and `.github`. */
export const pages = (): readonly string[] => [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'examples', '.github'].flatMap((folder) => filesBelow(folder, '.md')),
]

/** Fenced blocks, also those that stand indented in a list. */
export const blocksOf = (page: string): readonly Block[] => {
  const fence = /^( *)```([^\n`]*)\n([\s\S]*?)^\1```$/gm
  const source = read(page)
  return [...source.matchAll(fence)].map(({ index, 1: indent = '', 2: tags = '', 3: text = '' }) => ({
    page,
    line: source.slice(0, index).split('\n').length,
    tags: tags.trim().split(/\s+/),
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

const withoutCode = (source: string) => source.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '').replaceAll(/`[^`\n]*`/g, '')

/** What a page links to, without addresses elsewhere: a path from the project's folder, and an anchor. */
export const linksOf = (page: string): readonly { readonly link: string; readonly file: string; readonly anchor: string }[] =>
  [...withoutCode(read(page)).matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor = ''] = link.split('#')
      const target = path === '' ? page : normalize(join(dirname(page), path))
      return { link, file: relative('.', target), anchor }
    })

/** Anchors of a page's headings, as GitHub makes them. */
export const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set(
    [...read(page).replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
