import { Hono } from 'hono'
import { SECURITY_HEADERS } from './answer.js'
import type { Limits } from './limits.js'

/** One thing that must be well before the app can do its work. */
export interface ReadyPart {
  /** `store`, `github`, `backlog`. */
  readonly name: string
  readonly ok: boolean
  /** A short sentence without secrets: why not, or how well. */
  readonly says: string
}

export interface PageParts {
  /** Values for whoever asks whether the process is up: version, uptime. No secrets. */
  readonly health: () => Readonly<Record<string, string | number>>
  readonly ready: () => Promise<readonly ReadyPart[]>
  /** What `/metrics` shows; absent: it is served elsewhere. */
  readonly metrics?: () => Promise<{ readonly type: string; readonly text: string }>
}

/** Everything that is shown to browsers and probes. */
export const pages = ({ health, ready, metrics }: PageParts, limits: Limits): Hono => {
  const app = new Hono()
  app.use('*', async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.res.headers.set(name, value)
  })
  app.get('/healthz', ({ json }) => json({ status: 'up', ...health() }))
  app.get('/readyz', async ({ json }) => {
    const parts = await looked(ready, limits.ready)
    const isReady = parts.length > 0 && parts.every(({ ok }) => ok)
    return json({ ready: isReady, parts }, isReady ? 200 : 503)
  })
  if (metrics !== undefined)
    app.get('/metrics', async ({ body }) => {
      const { type, text } = await metrics()
      return body(text, 200, { 'content-type': type })
    })
  app.get('/', ({ html }) => html(FRONT_PAGE))
  app.notFound(({ json }) => json({ error: 'not_found' }, 404))
  return app
}

/** What the readiness look says; one that fails or takes too long is itself the reason. */
const looked = async (ready: PageParts['ready'], patience: number): Promise<readonly ReadyPart[]> => {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience} ms`)), patience)
  })
  try {
    return await Promise.race([ready(), tooLong])
  } catch (error) {
    return [{ name: 'readiness', ok: false, says: error instanceof Error ? error.message : String(error) }]
  } finally {
    clearTimeout(timer)
  }
}

const FRONT_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Release Gates</title></head>
<body>
<h1>Release Gates</h1>
<p>This server decides who may release what, when, and on what evidence. It works through GitHub: look at the checks of
a pull request, or at the deployment that waits.</p>
<p><a href="/healthz">Is it up?</a> · <a href="/readyz">Is it ready?</a></p>
</body>
</html>
`
