/** What a starter policy is made for. */
export interface StarterTerms {
  /** Slug of the team that reviews changes. */
  readonly reviewers: string
  /** Slug of the team that releases to production. */
  readonly deployers: string
}

/** A policy to begin with: changes are reviewed, production is released by others than those who made the change. */
export const starterPolicy = ({ reviewers, deployers }: StarterTerms): string => `# Who may merge and release here.
# Check it with \`release-gates lint\`, test it with \`release-gates test\`.
version: 1

groups:
  reviewers: { teams: [${reviewers}] }
  deployers: { teams: [${deployers}] }

# Who may change this file, its tests and the workflows.
policy:
  - approval: { from: reviewers, count: 2 }

branches:
  ~default:
    protection:
      pull_request: { approvals: 1, dismiss_stale: true }
      force_push: false
      deletion: false
    merge:
      - approval: { from: reviewers }
      - conversations: resolved
    push:
      - reviewed: {}
      - protected: {}

environments:
  development:
    tier: development
    release:
      - ref: { branches: [~default] }
  production:
    tier: production
    release:
      - ref: { branches: [~default] }
      - protected: {}
      - reviewed: {}
      - deployer: { in: deployers }
      - one_at_a_time: {}
      - newest: {}
`

/** Tests for the starter policy: each says what must happen, and one of them what must not. */
export const starterScenarios = ({ reviewers, deployers }: StarterTerms): string => `policy: ./release-gates.yml
defaults:
  repository: acme/shop
  teams: { ${reviewers}: [rita, rob], ${deployers}: [dora] }
  now: 2026-11-23T10:00:00Z
scenarios:
  - name: a change waits for a reviewer
    change: { author: dev }
    expect: wait
    because: [approval_missing]

  - name: a reviewer opens the merge gate
    change:
      author: dev
      reviews: [{ by: rita, state: approved }]
    expect: allow

  - name: nobody reviews their own change
    change:
      author: rita
      reviews: [{ by: rita, state: approved }]
    expect: wait
    because: [approver_involved]

  - name: whoever changes the policy needs two reviewers
    change:
      author: dev
      files: [{ path: .github/release-gates.yml, additions: 1 }]
      reviews: [{ by: rita, state: approved }]
    expect: wait
    because: [approval_missing]

  - name: a developer starts a release, and it waits for a deployer
    deployment: { environment: production, by: dev }
    expect: wait
    because: [deployer_missing]

  - name: a deployer releases it
    deployment:
      environment: production
      by: dev
      releases: [{ by: dora }]
    expect: allow
`
