import { z } from 'zod'
import type { ChangedFile } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import { NODE, type FileParts } from '../graphql/change.js'
import type { Scope } from '../scope.js'
import { filled, text, whole, type Page } from '../shapes.js'
import { wholeList, type ChangeAt } from './change-lists.js'

/** GitHub lists no more files of a pull request than these; a list as long as that may be cut. */
const CAP = 3_000

const restFile = z.object({
  filename: filled,
  status: text,
  previous_filename: filled.optional(),
  additions: whole.nonnegative(),
  deletions: whole.nonnegative(),
})
export { restFile }

/** A REST file row; a rename without its former name is unreadable, for half of it would be missing. */
export const fileOf = (row: z.infer<typeof restFile>): ChangedFile => {
  const renamed = row.status === 'renamed'
  if (renamed && row.previous_filename === undefined)
    throw unreadable(`the rename of ${row.filename}`, 'GitHub does not say what it was called')
  return {
    path: row.filename,
    previous: renamed ? (row.previous_filename ?? null) : null,
    additions: row.additions,
    deletions: row.deletions,
  }
}

/** Every file that a pull request changes. Former names of renamed files come from REST, the only one to tell them. */
export const readFiles = async (
  scope: Scope,
  change: ChangeAt,
  first: Page<FileParts> | null,
): Promise<readonly ChangedFile[]> => {
  const what = `files of #${change.number}`
  if (first !== null && first.totalCount >= CAP)
    throw unreadable(what, `there are ${first.totalCount}, GitHub lists ${CAP}`)
  const files = await wholeList(scope, change, 'files', NODE.file, first)
  if (!files.some(({ changeType }) => changeType === 'RENAMED'))
    return files.map(({ path, additions, deletions }) => ({ path, previous: null, additions, deletions }))
  const rows = await scope.api.all(
    what,
    'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
    { owner: scope.owner, repo: scope.repo, pull_number: change.number },
    restFile,
    { most: CAP - 1 },
  )
  if (rows.length !== files.length) throw unreadable(what, `GitHub lists ${files.length}, then ${rows.length}`)
  return rows.map(fileOf)
}
