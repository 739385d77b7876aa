/** Compiles every example in the documentation. Ends with 1 when one is wrong. */
import { join } from 'node:path'
import { isGenerated } from '../reference/generated.ts'
import { ROOT, readFiles } from '../workspace/workspace.ts'
import { compileExamples } from './compile-examples.ts'
import { readExamples } from './examples.ts'

// What the generated pages show is compiled where it stands: in the sources.
const pages = readFiles(['README.md', '.github/*.md', 'docs/**/*.md', 'packages/*/README.md']).filter(
  ({ path }) => !isGenerated(path),
)
const sources = readFiles(['packages/*/src/**/*.ts']).filter(({ path }) => !path.endsWith('.test.ts'))

const examples = readExamples([...pages, ...sources])
const checked = examples.filter(({ unchecked }) => !unchecked)
if (checked.length === 0) throw new Error('there is no example to check')

const complaints = compileExamples(checked, join(ROOT, 'packages/repository/.generated/examples'))
// Many projects are not strict. What people try first compiles there as well.
const first = checked.filter(({ path }) => path.endsWith('README.md'))
const lax = compileExamples(first, join(ROOT, 'packages/repository/.generated/lax-examples'), false).map(
  (complaint) => `without strict: ${complaint}`,
)

for (const { path, line } of examples.filter(({ unchecked }) => unchecked)) console.log(`not checked: ${path}:${line}`)
for (const problem of [...complaints, ...lax]) console.error(problem)
const wrong = complaints.length + lax.length
console.log(`docs:check: ${checked.length} examples, ${pages.length} pages, ${wrong} complaints`)
if (wrong > 0) process.exitCode = 1
