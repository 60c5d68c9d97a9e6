import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Ends the run's PostgreSQL, where a test has started it, and removes its folder. */
const afterAll = () => {
  const folder = process.env.TEST_POSTGRES
  const pid = join(folder, 'pid')
  if (existsSync(pid)) process.kill(Number(readFileSync(pid, 'utf8')), 'SIGQUIT')
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
export default afterAll
