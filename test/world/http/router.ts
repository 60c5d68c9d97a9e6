import { description } from '../describe/description.js'
import type { Operation } from '../describe/description.js'
import type { Route } from './route.js'

/** Paths whose last parameter may hold slashes. */
const DEEP = /\{(path|ref|basehead|branch)\}/

interface Candidate {
  readonly route: Route
  readonly pattern: RegExp
  readonly names: readonly string[]
  readonly operation: Operation
}

export interface Match {
  readonly route: Route
  readonly operation: Operation
  readonly params: Readonly<Record<string, string>>
}

/** Finds the route of a request among GitHub's own path templates. */
export class Router {
  readonly #candidates: readonly Candidate[]

  /** @throws when a route is served that GitHub does not describe. */
  constructor(routes: readonly Route[]) {
    const described = description().paths
    this.#candidates = routes
      .map((route) => {
        const operation = described[route.path]?.[route.method.toLowerCase()]
        if (!operation)
          throw new Error(`${route.method} ${route.path} is not in openapi.json; see scripts/trim-openapi.mjs`)
        const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
        const source = route.path
          .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
          .replace(/\{\w+\}/g, (parameter) => (DEEP.test(parameter) ? '(.+)' : '([^/]+)'))
        return { route, operation, names, pattern: new RegExp(`^${source}$`) }
      })
      .sort((a, b) => weight(b.route.path) - weight(a.route.path))
  }

  find(method: string, path: string): Match | null {
    for (const { route, operation, names, pattern } of this.#candidates) {
      if (route.method !== method) continue
      const match = pattern.exec(path)
      if (!match) continue
      const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]))
      return { route, operation, params }
    }
    return null
  }
}

/** Longer templates, and those with fixed words at their end, are tried first. */
const weight = (path: string): number =>
  path.split('/').reduce((sum, part) => sum + (part.startsWith('{') ? 2 : 3), 0) + (DEEP.test(path) ? 0 : 1)
