/** What a check of this app is about. */
export type CheckOf =
  { readonly of: 'merge' | 'push' | 'policy' } | { readonly of: 'deploy'; readonly environment: string }

const PREFIX = 'release-gates'

/** A slash or a percent sign in an environment's name is written in hex, so that no name can yield another gate's. */
const segment = (environment: string) =>
  environment.replace(/[%/]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * The one place where check names are made. In observe modes the name is another one: a report never answers for a
 * required check.
 */
export const checkName = (check: CheckOf, mode: 'enforce' | 'observe' | 'observe-and-approve' = 'enforce'): string => {
  const prefix = mode === 'enforce' ? PREFIX : `${PREFIX}/observe`
  return check.of === 'deploy' ? `${prefix}/deploy/${segment(check.environment)}` : `${prefix}/${check.of}`
}
