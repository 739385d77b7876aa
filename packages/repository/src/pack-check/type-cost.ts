/** How much work the types are for the compiler of a user. The figures are counts, so they are the same on every machine. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCodeBlocks } from '../markdown/code-blocks.ts'
import { readGuideExample } from '../markdown/guide-example.ts'
import { ROOT } from '../workspace/workspace.ts'
import { runCommand } from './run-command.ts'

/** A program, and the instantiations of types that it took when this was last looked at. */
interface Measured {
  readonly title: string
  readonly text: string
  readonly recorded: number
}

/** How much of the recorded figure a program may take. */
const BOUND = 1.1

const [FIRST] = readCodeBlocks(readFileSync(join(ROOT, 'packages/client/README.md'), 'utf8')).filter(
  ({ language }) => language === 'ts',
)

const PROGRAMS: readonly Measured[] = [
  { title: 'the first program of the client', text: FIRST?.text ?? '', recorded: 369 },
  { title: 'claims with types', text: readGuideExample('protect/typed-claims.md', 'Type your claims'), recorded: 522 },
]

/** Every program that takes more, and the figures of all. */
export function measureTypes(directory: string): { problems: string[]; notices: string[] } {
  const nothing = countInstantiations("import '@token-introspection/client'\n", directory)
  const problems: string[] = []
  const notices: string[] = []
  for (const { title, text, recorded } of PROGRAMS) {
    const measured = countInstantiations(text, directory)
    const count = measured.instantiations - nothing.instantiations
    const figures = `${title}: ${count} instantiations of types (recorded: ${recorded}), check time ${measured.checkTime}`
    notices.push(figures)
    if (!(count > 0 && count <= recorded * BOUND)) problems.push(`${figures}: more than ${BOUND} times the record`)
  }
  return { problems, notices }
}

function countInstantiations(text: string, directory: string) {
  const file = 'measured.ts'
  writeFileSync(join(directory, file), text)
  const options = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
  }
  const lib = ['es2023', 'dom', 'dom.iterable']
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, lib }, files: [file] }),
  )
  // With several checkers, some types are instantiated more than once.
  const args = ['-p', '.', '--extendedDiagnostics', '--singleThreaded', '--pretty', 'false']
  const { ok, output } = runCommand(join(ROOT, 'node_modules/.bin/tsc'), args, directory)
  const instantiations = /^Instantiations:\s+(\d+)$/m.exec(output)?.[1]
  const checkTime = /^Check time:\s+(\S+)$/m.exec(output)?.[1]
  if (!ok || instantiations === undefined) throw new Error(`no figures: ${output}`)
  return { instantiations: Number(instantiations), checkTime }
}
