import { complete } from '../describe/complete.js'
import { description } from '../describe/description.js'
import { isOrganisation } from '../state/people.js'
import { organisationView, userView } from '../views/people.js'
import { repositoryView } from '../views/repository.js'
import type { Happening, Platform } from '../state/platform.js'
import type { Installation } from '../state/apps.js'

/** The webhook's name in GitHub's description: `pull_request` and `auto_merge_enabled` make `pull-request-auto-merge-enabled`. */
export const webhookName = ({ event, action }: Happening): string =>
  [event, action]
    .filter((part) => part !== '')
    .join('-')
    .replaceAll('_', '-')

/** The whole body: what happened, the common part, and every key that GitHub always sends. */
export const bodyOf = (
  platform: Platform,
  happening: Happening,
  installation: Installation,
): Readonly<Record<string, unknown>> => {
  const schema = description().webhooks[webhookName(happening)]
  if (!schema) throw new Error(`GitHub describes no webhook ${webhookName(happening)}; see scripts/trim-openapi.mjs`)
  const { repository, sender, action } = happening
  const owner =
    happening.organisation ?? (repository && isOrganisation(repository.owner) ? repository.owner : undefined)
  const body = {
    ...(action !== '' && { action }),
    ...happening.body,
    ...(repository && { repository: repositoryView(platform, repository) }),
    ...(owner && { organization: organisationView(platform, owner) }),
    installation: happening.body['installation'] ?? {
      id: installation.id,
      node_id: platform.nodeId('Installation', installation.id),
    },
    sender: userView(platform, sender),
  }
  return complete(schema, body, { now: platform.clock.iso(), url: platform.api }) as Readonly<Record<string, unknown>>
}
