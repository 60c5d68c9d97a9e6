import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Names the folder of this run's one PostgreSQL, which the first test that needs it starts (see cluster.ts). */
const beforeAll = () => {
  process.env.TEST_POSTGRES = mkdtempSync(join(tmpdir(), 'release-gates-postgres-'))
  process.env.TEST_RUN = String(process.pid)
}
export default beforeAll
