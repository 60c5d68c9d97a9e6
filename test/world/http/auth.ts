import { createPublicKey, verify } from 'node:crypto'
import { HttpProblem } from './problem.js'
import type { Account } from '../state/people.js'
import type { App, Installation, Permissions } from '../state/apps.js'
import type { Platform } from '../state/platform.js'

/** Who calls. */
export type Caller =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'app'; readonly app: App }
  | {
      readonly kind: 'installation'
      readonly installation: Installation
      readonly permissions: Permissions
      readonly repositories: ReadonlySet<number> | null
    }
  | { readonly kind: 'user'; readonly account: Account }

interface Issued {
  readonly caller: Exclude<Caller, { kind: 'nobody' }>
  revoked: boolean
}

/** Tokens that were given out, and what they open. */
export class Keyring {
  readonly #platform: Platform
  readonly #issued = new Map<string, Issued>()
  #count = 0

  constructor(platform: Platform) {
    this.#platform = platform
  }

  issueInstallation(
    installation: Installation,
    permissions: Permissions,
    repositories: ReadonlySet<number> | null,
  ): string {
    return this.#issue('ghs', { kind: 'installation', installation, permissions, repositories })
  }

  issueUser(account: Account): string {
    return this.#issue('gho', { kind: 'user', account })
  }

  #issue(prefix: string, caller: Issued['caller']): string {
    this.#count += 1
    const token = `${prefix}_${String(this.#count).padStart(36, '0')}`
    this.#issued.set(token, { caller, revoked: false })
    return token
  }

  /** From now on every token of an installation is as good as expired. */
  expireInstallationTokens(): void {
    for (const issued of this.#issued.values()) if (issued.caller.kind === 'installation') issued.revoked = true
  }

  /** @throws {HttpProblem} 401 for what is wrong, expired or not signed with the app's key. */
  callerOf(authorization: string | undefined): Caller {
    const token = authorization?.replace(/^(bearer|token)\s+/i, '')
    if (token === undefined || token === '') return { kind: 'nobody' }
    if (token.split('.').length === 3) return { kind: 'app', app: this.#appOf(token) }
    const issued = this.#issued.get(token)
    if (!issued || issued.revoked)
      throw new HttpProblem(401, 'Bad credentials', { documentation_url: 'https://docs.github.com/rest' })
    return issued.caller
  }

  #appOf(jwt: string): App {
    const [head = '', body = '', signature = ''] = jwt.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as {
      readonly iss?: string | number
      readonly iat?: number
      readonly exp?: number
    }
    const app = this.#platform.apps.find(({ id }) => String(id) === String(claims.iss))
    if (app === undefined || app.publicKeys.length === 0) throw new HttpProblem(401, 'Integration not found')
    const algorithm = (JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as { readonly alg?: string }).alg
    const signed = Buffer.from(`${head}.${body}`)
    const genuine = app.publicKeys.some((key) =>
      verify('RSA-SHA256', signed, createPublicKey(key), Buffer.from(signature, 'base64url')),
    )
    if (algorithm !== 'RS256' || !genuine) throw new HttpProblem(401, 'A JSON web token could not be decoded')
    if (claims.exp === undefined || claims.iat === undefined || claims.exp - claims.iat > 660) {
      throw new HttpProblem(401, "'Expiration time' claim ('exp') is too far in the future")
    }
    return app
  }
}
