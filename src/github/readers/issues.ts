import type { Scope } from '../scope.js'

/** Linked issues as people write them: `#12` here, `owner/name#12` elsewhere. */
export const linkedIssues = (
  { owner, repo }: Scope,
  issues: readonly { readonly number: number; readonly repository: string }[],
): readonly string[] => {
  const own = `${owner}/${repo}`.toLowerCase()
  return issues.map(({ number, repository }) =>
    repository.toLowerCase() === own ? `#${number}` : `${repository}#${number}`,
  )
}
