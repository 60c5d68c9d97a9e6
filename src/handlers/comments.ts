import { has, id, at, type Payload } from './payload.js'
import { repositoryOf, touch, touchChange, type Handler } from './hints.js'

const startsWithSlash = (body: unknown) => typeof body === 'string' && /^[ \t]*\//.test(body)

/**
 * A comment on a pull request may approve it; a new one whose first line starts with a slash may be a command. What it
 * says and who wrote it is read from GitHub. An edited comment carries no authority, so it is no command.
 */
export const onComment: Handler<Payload<'issue_comment'>> = (payload) => {
  if (!has(payload, 'issue.pull_request')) return []
  const number = id(payload, 'issue.number')
  const isCommand = payload.action === 'created' && startsWithSlash(at(payload, 'comment.body'))
  const repository = repositoryOf(payload)
  return [
    touchChange(payload, number),
    ...(isCommand ? [touch(payload, { kind: 'command', repository, number, comment: id(payload, 'comment.id') })] : []),
  ]
}
