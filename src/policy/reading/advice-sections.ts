import type { Advice } from './advice.js'
import { misspeltEnvironment } from './advice-rules.js'
import { shortBranch } from './advice-values.js'
import { misleading, skeleton } from './names.js'
import type { BranchSection, EnvironmentSection, PolicyDocument, ReleaseSection } from './policy-document.js'
import { listsIn, rulesIn } from './walk.js'

/** Advice on names of environments and branches, and on freezes. */
export const sectionAdvice = (policy: PolicyDocument): readonly Advice[] => [
  ...policy.environments.flatMap((environment, index) =>
    onEnvironment(environment, policy.environments.slice(0, index)),
  ),
  ...policy.branches.flatMap((branch) => onBranch(branch)),
  ...onFreezes(policy),
  ...[...policy.tiers, ...policy.environments].flatMap(unreviewable),
  ...unaskedProtection(policy),
  ...bindsNothing(policy),
]

/** What nobody could name: no branch's name holds these. */
const IMPOSSIBLE = /[\s^:\\]|\.\.|\/\/|^\/|\/$|\.lock$/

/** Said of a repository's `protection`; not true where the organisation's file asks for it. */
export const UNASKED_PROTECTION =
  "No rule of this file asks for this protection; `- protected: {}` in a gate does, here or in the organisation's file."

/** Whether any gate of this file has the rule `protected`. */
export const asksForProtection = (policy: PolicyDocument): boolean =>
  listsIn(policy).some(({ entries }) => entries.flatMap(rulesIn).some(({ rule }) => rule.name === 'protected'))

/** `protection` only says what `protected` asks; the organisation's is asked for by repositories too. */
const unaskedProtection = (policy: PolicyDocument): readonly Advice[] => {
  if (policy.origin !== 'repository' || asksForProtection(policy)) return []
  return policy.branches.flatMap(({ protection, place }) =>
    protection === null
      ? []
      : [
          {
            place,
            path: ['protection'],
            message: UNASKED_PROTECTION,
          },
        ],
  )
}

/** A bypass whose review nobody of this layer can close keeps the gate shut, once it is overdue. */
const unreviewable = ({ bypass, override }: ReleaseSection): readonly Advice[] =>
  bypass === null || bypass.reviewedBy !== null || override !== null
    ? []
    : [
        {
          place: bypass.place,
          message: 'Nobody here can close the review that a bypass owes; name `reviewed_by`.',
        },
      ]

const bindsNothing = ({ repositories, file }: PolicyDocument): readonly Advice[] => {
  const index = repositories?.exclude.findIndex((glob) => glob === '*' || glob === '**') ?? -1
  return index < 0
    ? []
    : [
        {
          place: { file, line: 1, column: 1 },
          path: ['repositories', 'exclude', index],
          message: 'This excludes every repository, so the file binds none.',
        },
      ]
}

const onEnvironment = (
  { name, place, tier, release, rollback, override, bypass }: EnvironmentSection,
  earlier: readonly EnvironmentSection[],
): readonly Advice[] => {
  const oddity = misleading(name)
  const twin = earlier.find((other) => skeleton(other.name) === skeleton(name))
  const pattern = /[*?[\]{}]/.test(name)
  const empty = [tier, release, rollback, override, bypass].every((each) => each === null)
  return [
    ...(empty
      ? [{ place, message: `Nothing is said about \`${name}\`; it is judged as if it were not named here.` }]
      : []),
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
  if (IMPOSSIBLE.test(key)) return [{ place, message: `No branch can be called \`${key}\`; nothing is guarded by it.` }]
  if (protection !== null || merge !== null || push !== null) return []
  return [{ place, message: `\`${key}\` has neither \`merge\` nor \`push\` nor \`protection\`: nothing guards it.` }]
}

const onFreezes = (policy: PolicyDocument): readonly Advice[] => {
  const holdsNothing = policy.origin === 'repository' && policy.branches.every(({ merge }) => merge === null)
  return policy.freezes.flatMap(({ terms, place }) => [
    ...(terms.merge && holdsNothing
      ? [
          {
            place,
            path: ['merge'],
            message: `\`${terms.name}\` holds merges, but no branch has a merge gate that could be held.`,
          },
        ]
      : []),
    ...(terms.environments ?? []).flatMap((name, index) =>
      misspeltEnvironment(name, place, policy).map((advice) => ({ ...advice, path: ['environments', index] })),
    ),
  ])
}
