/**
 * Prints jest's JSON result as `N passed, N failed`, with `, N skipped` where tests were skipped.
 * Exits 1, saying why on stderr, when no test ran or when one was skipped: neither may pass for a green run.
 */
import { readFileSync } from 'node:fs'

const [, , file] = process.argv
const result = JSON.parse(readFileSync(file, 'utf8'))
const skipped = result.numPendingTests + result.numTodoTests
// A test file that does not even load has no tests to count as failed.
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites

console.log(`${result.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)

if (result.numPassedTests + failed === 0) fail('no test ran')
if (skipped > 0) fail(`${skipped} tests were skipped; delete them or make them run`)

function fail(why) {
  console.error(`.ci/run: ${why}`)
  process.exitCode = 1
}
