/** Prints what failed in a test run, or its slowest file. The argument is the runner's report. */
import { readFileSync } from 'node:fs'
import { describeRun, type RunReport } from './describe-run.ts'

const [path = ''] = process.argv.slice(2)
console.log(describeRun(JSON.parse(readFileSync(path, 'utf8')) as RunReport, process.cwd()).join('\n'))
