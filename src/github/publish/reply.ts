import { z } from 'zod'
import type { Scope } from '../scope.js'
import { positive } from '../shapes.js'
import { cut } from './cut.js'

const BODY = 65_535

/** Comments on a pull request; the comment's id. */
export const reply = async (scope: Scope, number: number, body: string): Promise<number> => {
  const { id } = await scope.api.write(
    `the reply on #${number}`,
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { owner: scope.owner, repo: scope.repo, issue_number: number, body: cut(body, BODY) },
    z.object({ id: positive }),
  )
  return id
}
