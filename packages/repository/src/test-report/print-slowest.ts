/** Prints the ten slowest files of a test run, slowest first. The argument is the runner's report. */
import { readFileSync } from 'node:fs'
import { slowestFiles, type TimedReport } from './slowest-files.ts'

const [path = ''] = process.argv.slice(2)
const report = JSON.parse(readFileSync(path, 'utf8')) as TimedReport
for (const { path: file, seconds } of slowestFiles(report, 10, process.cwd())) {
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${file}`)
}
