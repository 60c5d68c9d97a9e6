import { sha, text, type Payload } from './payload.js'
import { repositoryOf, touch, type Handler } from './hints.js'

/** The merge queue asks for a commit's checks, or gave it up. */
export const onMergeGroup: Handler<Payload<'merge_group'>> = (payload) => {
  const head = sha(payload, 'merge_group.head_sha')
  return [
    touch(
      payload,
      {
        kind: 'group',
        repository: repositoryOf(payload),
        sha: head,
        base: text(payload, 'merge_group.base_ref').replace(/^refs\/heads\//, ''),
        baseSha: sha(payload, 'merge_group.base_sha'),
        headRef: text(payload, 'merge_group.head_ref'),
      },
      { sha: head },
    ),
  ]
}
