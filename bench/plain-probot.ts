/** What the inbox is measured against: Probot as it comes, with a handler that does nothing and keeps nothing. */
import { run } from 'probot'

await run((app) => {
  app.on('pull_request', () => undefined)
})
