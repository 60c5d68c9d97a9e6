import { createHash } from 'node:crypto'
import type { Account } from './people.js'

export type Mode = '100644' | '100755' | '120000' | '160000'

/** A path's entry; directories exist only as the trees that {@link ObjectStore} derives. */
export interface FileEntry {
  readonly mode: Mode
  readonly sha: string
}

export type Files = ReadonlyMap<string, FileEntry>

export interface Signature {
  readonly name: string
  readonly email: string
  /** `null`: the e-mail address belongs to no account. */
  readonly account: Account | null
  readonly date: number
}

export interface Commit {
  readonly sha: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: Signature
  readonly committer: Signature
  readonly files: Files
  readonly verified: boolean
  /** GitHub itself made and signed it. */
  readonly signedByGitHub: boolean
  readonly signer: Account | null
  readonly viaWeb: boolean
  readonly pushedAt: number
}

export interface TreeEntry {
  readonly name: string
  readonly mode: Mode | '040000'
  readonly type: 'blob' | 'tree' | 'commit'
  readonly sha: string
}

const hash = (type: string, content: Buffer): string =>
  createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex')

/** Commits, trees and blobs by their real git ids. A fork shares its parent's store, as on GitHub. */
export class ObjectStore {
  readonly commits = new Map<string, Commit>()
  readonly blobs = new Map<string, Buffer>()
  readonly trees = new Map<string, readonly TreeEntry[]>()

  addBlob(content: string | Buffer): string {
    const bytes = Buffer.from(content)
    const sha = hash('blob', bytes)
    this.blobs.set(sha, bytes)
    return sha
  }

  /** Writes the trees of these files and returns the root's id. */
  addTree(files: Files, prefix = ''): string {
    const entries = new Map<string, TreeEntry>()
    for (const [path, { mode, sha }] of files) {
      if (!path.startsWith(prefix)) continue
      const [name = '', ...below] = path.slice(prefix.length).split('/')
      if (below.length === 0) entries.set(name, { name, mode, sha, type: mode === '160000' ? 'commit' : 'blob' })
      else if (!entries.has(name)) {
        entries.set(name, { name, mode: '040000', type: 'tree', sha: this.addTree(files, `${prefix}${name}/`) })
      }
    }
    const order = ({ name, type }: TreeEntry) => (type === 'tree' ? `${name}/` : name)
    const sorted = [...entries.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1))
    const lines = sorted.flatMap(({ mode, name, sha }) => [
      Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
      Buffer.from(sha, 'hex'),
    ])
    const sha = hash('tree', Buffer.concat(lines))
    this.trees.set(sha, sorted)
    return sha
  }

  addCommit(commit: Omit<Commit, 'sha' | 'tree'>, salt: number): Commit {
    const tree = this.addTree(commit.files)
    const person = ({ name, email, date }: Signature) => `${name} <${email}> ${Math.floor(date / 1000)} +0000`
    const lines = [
      `tree ${tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${person(commit.author)}`,
      `committer ${person(commit.committer)}`,
      `x-made ${salt}`,
      '',
      commit.message,
    ]
    const made = { ...commit, tree, sha: hash('commit', Buffer.from(lines.join('\n'))) }
    this.commits.set(made.sha, made)
    return made
  }

  commit(sha: string): Commit {
    const found = this.commits.get(sha)
    if (!found) throw new Error(`No commit ${sha}`)
    return found
  }

  /** The commit and all it builds on. */
  ancestors(sha: string): ReadonlySet<string> {
    const seen = new Set<string>()
    const open = [sha]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      open.push(...(this.commits.get(next)?.parents ?? []))
    }
    return seen
  }

  /** Reachable from `head` and not from `base`, oldest first. */
  between(base: string, head: string): readonly Commit[] {
    const known = this.ancestors(base)
    return this.history(head, known).reverse()
  }

  /** Reachable from `head`, children before parents, newest first. */
  history(head: string, without: ReadonlySet<string> = new Set()): Commit[] {
    const order: Commit[] = []
    const done = new Set(without)
    const stack: { readonly commit: Commit; readonly left: string[] }[] = []
    const visit = (sha: string | undefined): void => {
      const commit = sha === undefined ? undefined : this.commits.get(sha)
      if (!commit || done.has(commit.sha)) return
      done.add(commit.sha)
      stack.push({ commit, left: [...commit.parents] })
    }
    visit(head)
    for (let top = stack[stack.length - 1]; top; top = stack[stack.length - 1]) {
      if (top.left.length > 0) visit(top.left.shift())
      else {
        order.push(top.commit)
        stack.pop()
      }
    }
    return order.reverse()
  }

  /** The best common ancestor; `null` for unrelated histories. */
  mergeBase(one: string, other: string): string | null {
    const common = this.ancestors(one)
    return this.history(other).find(({ sha }) => common.has(sha))?.sha ?? null
  }
}
