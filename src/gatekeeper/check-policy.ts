import { formatProblem, type PolicyProblem } from '../policy/document.js'
import { ask, factFor, type ChangedFile } from '../policy/facts.js'
import type { PolicySource } from '../policy/gates.js'
import { showCheck } from './answer-check.js'
import { checkName } from './check-names.js'
import type { JudgedChange } from './evaluate-change.js'
import { SOON, STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import { sourceOf } from './policies.js'
import { BadPolicyFile, Unreadable, type Annotation, type Lease, type Repository } from './ports.js'

const POLICY_FILES = new Set(['.github/release-gates.yml', '.github/release-gates.yaml'])

const touchesPolicy = (files: readonly ChangedFile[]) =>
  files.some(({ path, previous }) => POLICY_FILES.has(path) || (previous !== null && POLICY_FILES.has(previous)))

const annotationOf = (problem: PolicyProblem): Annotation => ({
  path: problem.file,
  line: problem.line,
  endLine: problem.endLine,
  level: problem.severity === 'error' ? 'failure' : 'warning',
  message: formatProblem(problem),
})

const contentOf = (source: PolicySource) => {
  switch (source.state) {
    case 'present':
      return {
        conclusion: 'success',
        title: 'The policy is valid',
        summary: 'The policy file of this pull request can be read. It takes effect once it is on the base branch.',
      } as const
    case 'absent':
      return {
        conclusion: 'success',
        title: 'The policy file is removed',
        summary: 'With this pull request the repository has no policy file of its own any more.',
      } as const
    case 'invalid':
      return {
        conclusion: 'failure',
        title: `The policy has ${source.problems.length === 1 ? 'a mistake' : `${source.problems.length} mistakes`}`,
        summary: [
          'Gates that this file governs stay closed until it is mended:',
          '',
          ...source.problems.slice(0, 50).map((problem) => `- ${formatProblem(problem)}`),
        ].join('\n'),
        annotations: source.problems.map(annotationOf),
      } as const
    case 'unreadable':
      return { conclusion: null, title: 'The policy file could not be read', summary: source.reason } as const
  }
}

const headPolicy = async (repository: Repository, sha: string): Promise<PolicySource> => {
  try {
    return sourceOf(await repository.policyAt(sha), 'repository')
  } catch (error) {
    if (error instanceof Unreadable) return { state: 'unreadable', reason: error.message }
    if (!(error instanceof BadPolicyFile)) throw error
    const problem = {
      file: error.path,
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 1,
      message: error.problem,
      severity: 'error' as const,
    }
    return { state: 'invalid', problems: [problem], sha }
  }
}

/**
 * `release-gates/policy` on a head that touches the policy file, or whose base has a broken one: the mistakes, at the
 * lines at fault.
 * @returns when to look again, or `null`.
 */
export const showPolicyCheck = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  judged: JudgedChange,
): Promise<number | null> => {
  const files = factFor(judged.facts, ask.files)
  const broken = judged.read.policies.repository.state === 'invalid'
  if (!broken && !(files.known && touchesPolicy(files.value))) return null
  const { headSha, checks } = judged.state
  const source = await headPolicy(repository, headSha)
  const name = checkName({ of: 'policy' }, judged.gates[0]?.mode ?? 'enforce')
  const shown = checks.find((check) => check.name === name) ?? null
  await showCheck(gatekeeper, lease, repository, { name, sha: headSha, ...contentOf(source) }, shown, STALE_AFTER)
  return source.state === 'unreadable' ? gatekeeper.clock.now() + SOON : null
}
