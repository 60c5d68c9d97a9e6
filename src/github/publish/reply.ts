import { z } from 'zod'
import type { Instant } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { positive, textOrEmpty } from '../shapes.js'
import { cut } from './cut.js'

const BODY = 65_535

/** Not shown to people: by it the same reply is known again. */
const hidden = (mark: string): string => `\n\n<!-- release-gates ${mark} -->`

/** Comments on a pull request; the comment's id. */
export const reply = async (scope: Scope, number: number, body: string, mark: string): Promise<number> => {
  const { id } = await scope.api.write(
    `the reply on #${number}`,
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    {
      owner: scope.owner,
      repo: scope.repo,
      issue_number: number,
      body: `${cut(body, BODY - hidden(mark).length)}${hidden(mark)}`,
    },
    z.object({ id: positive }),
  )
  return id
}

const listed = z.object({
  id: positive,
  body: textOrEmpty,
  performed_via_github_app: z.object({ id: positive }).nullish(),
})

/** The id of this app's comment with that mark, among those since an instant; `null`: there is none. */
export const replied = async (scope: Scope, number: number, mark: string, since: Instant): Promise<number | null> => {
  const rows = await scope.api.all(
    `comments of #${number}`,
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { owner: scope.owner, repo: scope.repo, issue_number: number, since: new Date(since).toISOString() },
    listed,
  )
  const ours = rows.find(
    ({ body, performed_via_github_app: app }) => app?.id === scope.appId && body.endsWith(hidden(mark)),
  )
  return ours?.id ?? null
}
