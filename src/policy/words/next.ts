import { reasonsOf } from './title.js'
import { listOf, shortSha, type Style } from './text.js'
import { readValues } from './values.js'
import type { Code, Finding, Verdict } from '../verdict.js'

/** What the commands name. */
export interface Target {
  /** What is judged; without it no command can be written out. */
  readonly sha?: string
}

const APPROVALS: readonly Code[] = ['approval_missing', 'approval_stale', 'approver_involved', 'approver_not_eligible']

/** An environment's name as a command takes it: quoted where it has spaces, or could be taken for the merge gate. */
const quoted = (name: string): string =>
  /^[A-Za-z0-9._/-]+$/.test(name) && name.toLowerCase() !== 'merge' ? name : `"${name.replace(/["\\]/g, '\\$&')}"`

/** What somebody can do now about what stands in the way, each step a sentence; commands are ready to copy. */
export const stepsOf = (verdict: Verdict, target: Target, style: Style): readonly string[] => {
  if (verdict.decision === 'allow') return []
  if (verdict.decision === 'deny')
    return verdict.kind === 'release' ? ['This attempt is refused for good. Start the workflow anew to ask again.'] : []
  const reasons = reasonsOf(verdict.findings, verdict.decision)
  const steps = reasons.map((finding) => stepOf(finding, verdict, target, style))
  return [...new Set(steps.filter((step) => step !== null))]
}

const stepOf = (finding: Finding, verdict: Verdict, { sha }: Target, style: Style): string | null => {
  const { code } = finding
  if (code === undefined) return null
  const command = (verb: string) =>
    sha === undefined ? null : style.value(`/${verb} ${quoted(verdict.gate)} ${shortSha(sha)}`)
  if (APPROVALS.includes(code)) return approving(finding, verdict, sha, command, style)
  if (code === 'deployer_missing')
    return commented('To release it', command('release'), 'or press Release on the check')
  return STEPS[code]?.(style.value(verdict.gate)) ?? null
}

const ranAgain = () => 'Run what failed or is missing again; the gate looks by itself when it ends.'
const mended = () => 'Gates stay closed until the file is mended on the branch where it is read.'

/** What helps, given the gate’s name; codes that are not here are helped by what their own words say. */
const STEPS: Partial<Readonly<Record<Code, (gate: string) => string>>> = {
  check_missing: ranAgain,
  check_failed: ranAgain,
  workflow_missing: ranAgain,
  workflow_failed: ranAgain,
  objection: () => 'Who asked for changes can approve; somebody who may dismiss reviews can dismiss that one.',
  contributor_unknown: () => 'The person who made the commit can add its e-mail address to their GitHub account.',
  policy_invalid: mended,
  tier_lowered: mended,
  no_rule_applies: (gate) => `Add rules for ${gate} to the policy file.`,
  renamed: () => 'If this is meant, change or pin the group in the policy file.',
  fact_unknown: () => 'The gate looks again by itself. If it stays so, tell an administrator of the app.',
  protection_weak: () => 'An administrator of the repository can mend it in its settings, under Rules or Branches.',
  override_unreviewed: () =>
    'A reviewer writes `/review`, the environment, the commit that went out and what was found, on a pull request.',
}

const commented = (what: string, command: string | null, otherwise?: string): string | null =>
  command === null
    ? null
    : `${what}, comment ${command} on a pull request that ships with it${otherwise === undefined ? '' : `, ${otherwise}`}.`

const approving = (
  { values }: Finding,
  { kind }: Verdict,
  sha: string | undefined,
  command: (verb: string) => string | null,
  style: Style,
): string | null => {
  const channels = readValues(values).texts('channels')
  const head = sha === undefined ? 'its head commit' : `its head commit ${style.sha(sha)}`
  if (kind !== 'release') {
    const comment = sha === undefined ? '' : ` ${style.value(`/approve merge ${shortSha(sha)}`)}`
    const ways = [
      channels.length === 0 || channels.includes('review') ? `review the pull request at ${head}` : '',
      channels.includes('comment') ? `comment${comment} on it` : '',
    ].filter((way) => way !== '')
    return ways.length === 0 ? null : `To approve, ${listOf(ways, 'or')}.`
  }
  if (channels.length === 0) return commented('To approve', command('approve'), 'or press Approve on the check')
  if (channels.includes('comment')) return commented('To approve', command('approve'))
  return `To approve: ${listOf(
    channels.map((channel) => WAYS[channel] ?? style.value(channel)),
    'or',
  )}.`
}

/** How an approval is given, where the policy counts no comments. */
const WAYS: Readonly<Record<string, string>> = {
  page: 'use the release’s page',
  button: 'press Approve on the check',
  environment: 'use GitHub’s own review of the deployment',
  review: 'review exactly the commit that is released, on its pull request',
}

/** Who can change what is asked, where somebody of the repository may think that they can. */
export const notesOn = ({ findings, decision }: Verdict): readonly string[] =>
  decision !== 'allow' && reasonsOf(findings, decision).some(isOfOrganisation)
    ? ['What the organisation asks can be changed in its own policy file only.']
    : []

/** A combination tells its layer, what stands in it does not. */
const isOfOrganisation = ({ layer }: Finding): boolean => layer?.startsWith('organisation') === true
