/** Compiles the first lines of the README, with the compilers and settings that projects have. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCodeBlocks } from '../markdown/code-blocks.ts'
import { ROOT } from '../workspace/workspace.ts'
import { runCommand } from './run-command.ts'

/** The oldest TypeScript that the declarations support: the first one with a generic `Uint8Array`. */
export const OLDEST_COMPILER = 'oldest-typescript@npm:typescript@5.7.2'

/** What projects set. The oldest compiler has no `node20`. */
const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext', isKnownToOldest: true },
  { module: 'node20', isKnownToOldest: false },
  { module: 'esnext', moduleResolution: 'bundler', isKnownToOldest: true },
]

const EVERYWHERE = { noEmit: true, target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], types: ['node'] }

/** Compiles each TypeScript block of the README as a file: strictly and not, and strictly with the oldest compiler. */
export function compileReadme(directory: string): string[] {
  const files = readCodeBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8'))
    .filter(({ language }) => language === 'ts')
    .map(({ text }, index) => {
      const name = `readme-${index}.ts`
      writeFileSync(join(directory, name), text)
      return name
    })
  const newest = join(ROOT, 'node_modules/.bin/tsc')
  const oldest = [process.execPath, join(directory, 'node_modules/oldest-typescript/bin/tsc')] as const
  return [true, false].flatMap((strict) =>
    RESOLUTIONS.flatMap(({ isKnownToOldest, ...resolution }) => {
      const compilerOptions = { ...EVERYWHERE, ...resolution, strict }
      const settings = JSON.stringify({ compilerOptions, files })
      writeFileSync(join(directory, 'tsconfig.json'), settings)
      const compilers = strict && isKnownToOldest ? [[newest], oldest] : [[newest]]
      return compilers.flatMap(([command = newest, ...args]) => {
        const { ok, output } = runCommand(command, [...args, '-p', '.', '--pretty', 'false'], directory)
        return ok ? [] : [`${args.length > 0 ? OLDEST_COMPILER : 'tsc'} ${settings}: ${output}`]
      })
    }),
  )
}
