import type { Pull } from '../world/state/pulls.js'
import type { World } from '../world/world.js'

const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
const paint = (code: number, text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text)

const PATIENCE = 8_000
const LOOK_EVERY = 25

/** A step of the story was not seen: what was expected, and what GitHub showed at the end. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen'
}

/** Tells the story: what somebody does, and what GitHub then shows. */
export class Stage {
  private steps = 0

  constructor(private readonly world: World) {}

  get seen(): number {
    return this.steps
  }

  says(what: string): void {
    process.stdout.write(`\n${paint(1, what)}\n`)
  }

  /** Waits until GitHub shows it. @throws {NotSeen} when it does not in time. */
  async sees<T>(what: string, look: () => T | null | undefined | false, show: (found: T) => string): Promise<T> {
    const deadline = Date.now() + PATIENCE
    for (;;) {
      const found = look()
      if (found !== null && found !== undefined && found !== false) {
        this.steps += 1
        process.stdout.write(`  ${paint(32, '✓')} ${what}\n    ${paint(2, show(found))}\n`)
        return found
      }
      if (Date.now() > deadline) throw new NotSeen(what)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
    }
  }

  /** The newest check run of the app by that name, as GitHub shows it at this moment. */
  check(target: Pull | string, name: string) {
    const sha = typeof target === 'string' ? target : target.headSha
    const runs = this.world
      .repository()
      .checkRuns.filter((run) => run.name === name && run.suite.headSha === sha && run.suite.app === this.world.app)
    const run = runs.sort((a, b) => b.id - a.id)[0]
    return run === undefined
      ? null
      : {
          id: run.id,
          status: run.status,
          conclusion: run.conclusion,
          title: run.output.title ?? '',
          summary: run.output.summary ?? '',
        }
  }

  /** GitHub tells whole seconds: what one person says twice must not fall into the same one. */
  async nextSecond(): Promise<void> {
    const second = () => Math.floor(this.world.clock.now() / 1000)
    const before = second()
    while (second() === before) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
  }

  /** Every check run of the app, for when a step was not seen. */
  everything(): string {
    const runs = this.world.repository().checkRuns.filter(({ suite }) => suite.app === this.world.app)
    return runs
      .map(
        ({ name, suite, status, conclusion, output }) =>
          `${suite.headSha.slice(0, 7)} ${name} ${conclusion ?? status}\n${output.title}\n${output.summary}`,
      )
      .join('\n\n')
  }

  waits(target: Pull | string, name: string, title: RegExp, summary = /(?:)/) {
    const check = this.check(target, name)
    return check !== null && check.status === 'in_progress' && title.test(check.title) && summary.test(check.summary)
      ? check
      : null
  }

  completed(target: Pull | string, name: string, conclusion: 'success' | 'failure') {
    const check = this.check(target, name)
    return check !== null && check.conclusion === conclusion ? check : null
  }
}

export const shown = (check: { readonly status: string; readonly conclusion: string | null; readonly title: string }) =>
  `${check.conclusion ?? check.status}: ${check.title}`
