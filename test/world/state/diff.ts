import type { FileEntry, Files, ObjectStore } from './git.js'

export interface FileChange {
  readonly path: string
  /** The old path of a rename. */
  readonly previous: string | null
  readonly status: 'added' | 'removed' | 'modified' | 'renamed'
  readonly before: FileEntry | null
  readonly after: FileEntry | null
  readonly additions: number
  readonly deletions: number
}

const lines = (store: ObjectStore, entry: FileEntry | null): readonly string[] => {
  const text = entry ? (store.blobs.get(entry.sha)?.toString('utf8') ?? '') : ''
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

const count = (from: readonly string[], to: readonly string[]): number => {
  const left = new Map<string, number>()
  for (const line of from) left.set(line, (left.get(line) ?? 0) + 1)
  return to.filter((line) => {
    const rest = left.get(line) ?? 0
    left.set(line, rest - 1)
    return rest <= 0
  }).length
}

/** What changed from one set of files to another, by path. A move without a change of content is a rename. */
export const diff = (store: ObjectStore, before: Files, after: Files): readonly FileChange[] => {
  const gone = [...before].filter(([path]) => !after.has(path))
  const changes: FileChange[] = []
  const note = (
    path: string,
    previous: string | null,
    status: FileChange['status'],
    was: FileEntry | null,
    is: FileEntry | null,
  ) => {
    const [old, fresh] = [lines(store, was), lines(store, is)]
    changes.push({
      path,
      previous,
      status,
      before: was,
      after: is,
      additions: count(old, fresh),
      deletions: count(fresh, old),
    })
  }
  for (const [path, is] of after) {
    const was = before.get(path) ?? null
    if (was && was.sha === is.sha && was.mode === is.mode) continue
    const from = was ? -1 : gone.findIndex(([, entry]) => entry.sha === is.sha)
    const moved = from < 0 ? undefined : gone.splice(from, 1)[0]
    if (moved) note(path, moved[0], 'renamed', moved[1], is)
    else note(path, null, was ? 'modified' : 'added', was, is)
  }
  for (const [path, was] of gone) note(path, null, 'removed', was, null)
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Both sides' changes on top of their common base; `null` where they touch one path differently. */
export const mergeFiles = (base: Files, ours: Files, theirs: Files): Files | null => {
  const merged = new Map(ours)
  const same = (a: FileEntry | undefined, b: FileEntry | undefined) => a?.sha === b?.sha && a?.mode === b?.mode
  for (const path of new Set([...base.keys(), ...theirs.keys()])) {
    const [was, mine, yours] = [base.get(path), ours.get(path), theirs.get(path)]
    if (same(was, yours) || same(mine, yours)) continue
    if (!same(was, mine)) return null
    if (yours) merged.set(path, yours)
    else merged.delete(path)
  }
  return merged
}
