import type { Advice } from './advice.js'
import { misspeltEnvironment, shortBranch } from './advice-rules.js'
import { misleading, skeleton } from './names.js'
import type { BranchSection, EnvironmentSection, PolicyDocument } from './policy-document.js'

/** Advice on names of environments and branches, and on freezes. */
export const sectionAdvice = (policy: PolicyDocument): readonly Advice[] => [
  ...policy.environments.flatMap((environment, index) =>
    onEnvironment(environment, policy.environments.slice(0, index)),
  ),
  ...policy.branches.flatMap((branch) => onBranch(branch)),
  ...onFreezes(policy),
]

const onEnvironment = (
  { name, place }: EnvironmentSection,
  earlier: readonly EnvironmentSection[],
): readonly Advice[] => {
  const oddity = misleading(name)
  const twin = earlier.find((other) => skeleton(other.name) === skeleton(name))
  const pattern = /[*?[\]{}]/.test(name)
  return [
    ...(oddity === null
      ? []
      : [{ place, message: `The environment \`${name}\` ${oddity}; is it the one that is meant?` }]),
    ...(twin === undefined
      ? []
      : [{ place, message: `The environment \`${name}\` looks like \`${twin.name}\`, and is another.` }]),
    ...(pattern
      ? [
          {
            place,
            message: `The environment \`${name}\` is an exact name, not a pattern; several are gated by \`tiers\`.`,
          },
        ]
      : []),
  ]
}

const onBranch = ({ key, place, protection, merge, push }: BranchSection): readonly Advice[] => {
  const short = shortBranch(key)
  if (short !== null) {
    return [
      {
        place,
        message: `\`${key}\` is no branch's name; write it without \`refs/heads/\` or \`origin/\`.`,
        suggestion: short,
      },
    ]
  }
  if (protection !== null || merge !== null || push !== null) return []
  return [{ place, message: `\`${key}\` has neither \`merge\` nor \`push\` nor \`protection\`: nothing guards it.` }]
}

const onFreezes = (policy: PolicyDocument): readonly Advice[] => {
  const holdsNothing = policy.origin === 'repository' && policy.branches.every(({ merge }) => merge === null)
  return policy.freezes.flatMap(({ terms, place }) => [
    ...(terms.merge && holdsNothing
      ? [{ place, message: `\`${terms.name}\` holds merges, but no branch has a merge gate that could be held.` }]
      : []),
    ...(terms.environments ?? []).flatMap((name) => misspeltEnvironment(name, place, policy)),
  ])
}
