/** Compiles a program with versions of TypeScript that are too old. Their error must name the remedy. */
import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { NOTICE } from '../build/notice.ts'
import { runCommand } from './run-command.ts'

/** The first that reads conditions as bundlers do, and the last that is too old. A consumer project needs them. */
export const OLDER_COMPILERS_TO_INSTALL = ['typescript-5.0@npm:typescript@5.0.4', 'typescript-5.6@npm:typescript@5.6.3']

const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
]

const ENTRIES = [
  '@token-introspection/client',
  '@token-introspection/client/express',
  '@token-introspection/core',
  '@token-introspection/server',
  '@token-introspection/testing',
]

/** What the compiler says of each import. */
const TOLD = new RegExp(`error TS2306: File '.*/${basename(NOTICE).replaceAll('.', '\\.')}' is not a module\\.$`)

/** Every older compiler that does not say about each import that a newer one is needed, or that says more. */
export function compileWithOlder(directory: string): string[] {
  const file = 'older.ts'
  writeFileSync(
    join(directory, file),
    ENTRIES.map((name, index) => `import * as entry${index} from '${name}'\n`).join(''),
  )
  return OLDER_COMPILERS_TO_INSTALL.flatMap((compiler) =>
    RESOLUTIONS.flatMap((resolution) => {
      const compilerOptions = { ...resolution, noEmit: true, target: 'es2022', types: [], skipLibCheck: true }
      writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
      const [name = ''] = compiler.split('@')
      const program = join(directory, 'node_modules', name, 'bin/tsc')
      const { output } = runCommand(process.execPath, [program, '-p', '.', '--pretty', 'false'], directory)
      const lines = output.split('\n')
      const isTold = lines.length === ENTRIES.length && lines.every((line) => TOLD.test(line))
      return isTold ? [] : [`${compiler} ${JSON.stringify(resolution)}: ${output}`]
    }),
  )
}
