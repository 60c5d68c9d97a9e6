import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FrontHandler } from './answer.js'

/** Credentials that the registration hands over; values as Probot gives them, a key in quotes. */
export type Credentials = Readonly<Record<string, string | undefined>>

interface SetupOptions {
  readonly host: string
  readonly port: number
  readonly log: { readonly info: (line: string) => void; readonly error: (error: unknown) => void }
  readonly updateEnv: (credentials: Credentials) => Credentials
  /** Stands in for smee.io: nothing is asked of it. */
  readonly SmeeClient: { readonly createChannel: () => Promise<undefined> }
}

interface SetupPage {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly createAppUrl: string
  readonly manifest: string
}

interface ImportPage {
  readonly name: string
  readonly WEBHOOK_PROXY_URL: string
  readonly GH_HOST: string
}

/** The pieces of Probot's registration. */
export interface ProbotSetup {
  readonly setupAppFactory: (options: SetupOptions) => () => Promise<FrontHandler>
  readonly setupView: (page: SetupPage) => string
  readonly importView: (page: ImportPage) => string
  readonly staticFilesHandler: FrontHandler
}

/**
 * Probot's registration without Probot's server. `run` would bring the page, but with it a webhook route that takes
 * the public default secret, and no way to guard a form that writes `.env`. Probot does not export the pieces, so they
 * are found beside its main file; a test opens every page, so that a moved file is noticed with the update that moves it.
 */
export const loadProbotSetup = async (): Promise<ProbotSetup> => {
  const folder = dirname(createRequire(import.meta.url).resolve('probot'))
  const load = async (file: string) => (await import(pathToFileURL(join(folder, file)).href)) as unknown
  const [setup, setupView, importView, files] = await Promise.all([
    load('apps/setup.js'),
    load('views/setup.js'),
    load('views/import.js'),
    load('server/handlers/static-files.js'),
  ])
  return {
    ...(setup as object),
    ...(setupView as object),
    ...(importView as object),
    ...(files as object),
  } as ProbotSetup
}
