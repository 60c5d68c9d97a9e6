import { WorldOfPeople } from './people.js'
import { addCommit, moveBranch, putTag, resolve, signatureOf, tipOf, withChanges } from '../operations/git.js'
import { addRuleset, editRuleset, protect, protectionFrom, removeRuleset, unprotect } from '../operations/rules.js'
import { fullName } from '../state/repository.js'
import { foundRepository } from '../found.js'
import { must } from '../must.js'
import type { Commit } from '../state/git.js'
import type { FileChanges } from '../operations/git.js'
import type { InRepository } from '../core.js'
import type { ProtectionSettings, RulesetSettings } from '../operations/rules.js'
import type { Repository } from '../state/repository.js'
import type { Ruleset } from '../state/rules.js'

export interface CommitOptions extends InRepository {
  readonly by?: string
  /** Whose commit it is; default: who pushes it. `null`: an e-mail that belongs to nobody. */
  readonly author?: string | null
  readonly committer?: string | null
  readonly coAuthors?: readonly string[]
  readonly files?: FileChanges
  readonly message?: string
  /** Signed with the author's own key. */
  readonly signed?: boolean
  /** Made in GitHub's editor: committed and signed by GitHub. */
  readonly onTheWeb?: boolean
}

/** What happens in git, and what guards it. */
export class WorldOfGit extends WorldOfPeople {
  /** A commit on a parent that no branch holds yet. */
  commits(
    parent: string,
    { by = 'dev', author, committer, coAuthors = [], files, message, signed, onTheWeb, repo }: CommitOptions = {},
  ): Commit {
    const repository = this.repository(repo)
    const { store } = repository
    const number = store.commits.size
    const person = (login: string | null) =>
      login === null
        ? { name: 'Nobody', email: 'nobody@example.org', account: null, date: this.clock.now() }
        : signatureOf(this.platform, this.person(login))
    const trailers = coAuthors.map(
      (login) => `Co-authored-by: ${this.person(login).name} <${this.person(login).email}>`,
    )
    const words = [message ?? `Change ${number}`, ...(trailers.length > 0 ? [trailers.join('\n')] : [])].join('\n\n')
    return addCommit(this.platform, repository, {
      parents: [parent],
      files: withChanges(
        store,
        store.commit(parent).files,
        files ?? { [`src/change-${number}.txt`]: `change ${number}\n` },
      ),
      message: words,
      author: person(author === undefined ? by : author),
      ...(committer !== undefined && { committer: person(committer) }),
      ...(onTheWeb && { byGitHub: true }),
      ...(signed && { signedBy: this.person(author ?? by) }),
    })
  }

  /** A commit straight onto a branch, which is made from the default branch where it does not exist. `force` replaces its tip. */
  async pushesTo(branch: string, options: CommitOptions & { readonly force?: boolean } = {}): Promise<Commit> {
    const repository = this.repository(options.repo)
    const tip = repository.branches.get(branch) ?? tipOf(repository, repository.defaultBranch)
    const parent = options.force ? (repository.store.commit(tip).parents[0] ?? tip) : tip
    const commit = this.commits(parent, options)
    moveBranch(this.platform, repository, branch, commit.sha, { by: this.person(options.by ?? 'dev') })
    await this.afterAct()
    return commit
  }

  /** Points a branch anywhere: a reset, a fast-forward, a new branch. */
  async setsBranch(
    branch: string,
    at: string,
    { by = 'dev', repo }: InRepository & { readonly by?: string } = {},
  ): Promise<void> {
    const repository = this.repository(repo)
    moveBranch(this.platform, repository, branch, must(resolve(repository, at), `commit ${at}`), {
      by: this.person(by),
    })
    await this.afterAct()
  }

  async deletesBranch(
    branch: string,
    { by = 'dev', repo }: InRepository & { readonly by?: string } = {},
  ): Promise<void> {
    moveBranch(this.platform, this.repository(repo), branch, null, { by: this.person(by) })
    await this.afterAct()
  }

  /** A message makes it annotated. An existing tag moves. */
  async tags(
    name: string,
    at: string,
    { by = 'dev', message, repo }: InRepository & { readonly by?: string; readonly message?: string } = {},
  ): Promise<void> {
    const repository = this.repository(repo)
    putTag(this.platform, repository, name, must(resolve(repository, at), `commit ${at}`), {
      by: this.person(by),
      ...(message !== undefined && { message }),
    })
    await this.afterAct()
  }

  async releases(
    tag: string,
    {
      by = 'dev',
      body = '',
      at,
      repo,
    }: InRepository & { readonly by?: string; readonly body?: string; readonly at?: string } = {},
  ): Promise<void> {
    const repository = this.repository(repo)
    if (!repository.tags.has(tag)) await this.tags(tag, at ?? repository.defaultBranch, { by, repo: repository })
    repository.releases.push(
      this.platform.make('Release', {
        tag,
        name: tag,
        body,
        author: this.person(by),
        draft: false,
        prerelease: false,
        createdAt: this.clock.now(),
      }),
    )
  }

  tip(branch = this.repository().defaultBranch, { repo }: InRepository = {}): string {
    return tipOf(this.repository(repo), branch)
  }

  /** Trees of this commit are answered cut short. */
  truncatesTree(sha: string, { repo }: InRepository = {}): void {
    const repository = this.repository(repo)
    repository.truncatedTrees.add(repository.store.commit(sha).tree)
  }

  /** The repository's policy, on its default branch; `null` takes it away. */
  async commitsPolicy(text: string | null, options: CommitOptions = {}): Promise<Commit> {
    const repository = this.repository(options.repo)
    return this.pushesTo(repository.defaultBranch, {
      by: 'owner',
      message: 'Set the policy',
      ...options,
      files: { '.github/release-gates.yml': text },
    })
  }

  /** The organisation's policy, in its `.github` repository. */
  async organisationPolicy(text: string | null): Promise<Commit> {
    const organisation = this.founded.organisation
    const repository =
      this.platform.findRepository(organisation.login, '.github') ??
      foundRepository(this.platform, organisation, '.github')
    return this.pushesTo(repository.defaultBranch, {
      by: 'owner',
      repo: repository,
      message: 'Set the policy',
      files: { 'release-gates.yml': text },
    })
  }

  /** Classic protection; only what is said is ticked. */
  async protects(pattern: string, settings: ProtectionSettings = {}, { repo }: InRepository = {}): Promise<void> {
    protect(this.platform, this.repository(repo), pattern, protectionFrom(settings), this.owner)
    await this.afterAct()
  }

  async unprotects(pattern: string, { repo }: InRepository = {}): Promise<void> {
    unprotect(this.platform, this.repository(repo), pattern, this.owner)
    await this.afterAct()
  }

  async addsRuleset({ repo, ...settings }: RulesetSettings & InRepository): Promise<Ruleset> {
    const ruleset = addRuleset(this.platform, this.repository(repo), settings, this.owner)
    await this.afterAct()
    return ruleset
  }

  async editsRuleset(
    ruleset: Ruleset,
    changes: Parameters<typeof editRuleset>[3],
    { repo }: InRepository = {},
  ): Promise<void> {
    editRuleset(this.platform, this.repository(repo), ruleset, changes, this.owner)
    await this.afterAct()
  }

  async removesRuleset(ruleset: Ruleset, { repo }: InRepository = {}): Promise<void> {
    removeRuleset(this.platform, this.repository(repo), ruleset, this.owner)
    await this.afterAct()
  }

  protected forkOf(repository: Repository, login: string): Repository {
    const owner = this.person(login)
    const known = this.platform.findRepository(login, repository.name)
    if (known?.parent === repository) return known
    if (known) throw new Error(`${fullName(known)} is no fork of ${fullName(repository)}`)
    const fork = this.platform.addRepository(owner, repository.name, repository)
    for (const [branch, sha] of repository.branches) fork.branches.set(branch, sha)
    return fork
  }
}
