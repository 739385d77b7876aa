/** Prints the count of a test run, alone on a line. The argument is the runner's report. Ends with 1 when a test failed. */
import { readFileSync } from 'node:fs'
import { countTests, type TestReport } from './count-tests.ts'

const [path = ''] = process.argv.slice(2)
const { passed, failed, skipped } = countTests(JSON.parse(readFileSync(path, 'utf8')) as TestReport)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
if (failed > 0) process.exitCode = 1
