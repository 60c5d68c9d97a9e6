import { z } from 'zod'
import type { ChangedFile, Commit, Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { fileOf, restFile } from './files.js'

const COMPARED = 300
const CAP = 3_000

const files = z.object({ files: z.array(restFile) })

/** What one commit changed over its first parent; GitHub pages it, and lists no more than {@link CAP}. */
const filesOf = async (scope: Scope, sha: Sha): Promise<readonly ChangedFile[]> => {
  const what = `files of ${sha}`
  const found: ChangedFile[] = []
  for (let page = 1; ; page += 1) {
    const { files: rows } = await scope.api.get(
      what,
      'GET /repos/{owner}/{repo}/commits/{ref}',
      { owner: scope.owner, repo: scope.repo, ref: sha, per_page: 100, page },
      files,
    )
    found.push(...rows.map(fileOf))
    if (found.length >= CAP) throw unreadable(what, `there are ${found.length} or more, GitHub lists ${CAP}`)
    if (rows.length < 100) return found
  }
}

/** The same path changed by several commits is one file; a former name is kept, lines add up. */
const union = (lists: readonly (readonly ChangedFile[])[]): readonly ChangedFile[] => {
  const byPath = new Map<string, ChangedFile>()
  for (const file of lists.flat()) {
    const known = byPath.get(`${file.previous ?? ''}\0${file.path}`)
    byPath.set(`${file.previous ?? ''}\0${file.path}`, {
      ...file,
      additions: file.additions + (known?.additions ?? 0),
      deletions: file.deletions + (known?.deletions ?? 0),
    })
  }
  return [...byPath.values()]
}

const firstParents = (head: Sha, commits: readonly Commit[]): readonly Commit[] => {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]))
  const line: Commit[] = []
  for (let commit = bySha.get(head); commit; commit = bySha.get(commit.parents[0] ?? '')) line.push(commit)
  return line
}

/**
 * Files that differ between where a shipment begins and its head. Where there are too many for GitHub's comparison, what
 * each commit along first parents changed is joined: no file is missed, lines may count twice.
 */
export const readShippedFiles = async (
  scope: Scope,
  since: Sha | null,
  head: Sha,
  commits: readonly Commit[],
): Promise<readonly ChangedFile[]> => {
  if (since === null) throw unreadable('changed files', 'there is no last release to compare with')
  if (commits.length === 0) return []
  const what = `files from ${since} to ${head}`
  const { value } = await scope.cache.read(
    `files/${scope.id}/${since}/${head}`,
    async () => {
      const { files: rows } = await scope.api.get(
        what,
        'GET /repos/{owner}/{repo}/compare/{basehead}',
        { owner: scope.owner, repo: scope.repo, basehead: `${since}...${head}`, page: 1, per_page: 1 },
        files,
      )
      if (rows.length < COMPARED) return rows.map(fileOf)
      return union(await Promise.all(firstParents(head, commits).map(({ sha }) => filesOf(scope, sha))))
    },
    { forever: true },
  )
  return value
}
