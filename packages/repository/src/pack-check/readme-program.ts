/** Compiles the programs of the README, with the compilers and settings that projects have. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCodeBlocks } from '../markdown/code-blocks.ts'
import { ROOT } from '../workspace/workspace.ts'
import type { PackedPackage } from './packed-package.ts'
import { mustRun, runCommand } from './run-command.ts'

/** The oldest TypeScript that the declarations support: the first one with a generic `Uint8Array`. */
export const OLDEST_COMPILER = 'oldest-typescript@npm:typescript@5.7.2'

/** What the programs import beside the packages, and the types of it. */
const FRAMEWORKS = ['express@5', '@types/express@5', '@types/node@24', 'fastify@5']

/** What projects set. The oldest compiler has no `node20`. */
const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext', isKnownToOldest: true },
  { module: 'node20', isKnownToOldest: false },
  { module: 'esnext', moduleResolution: 'bundler', isKnownToOldest: true },
]

/** The declarations of the frameworks have errors of their own. `compilePrograms` checks ours. */
const EVERYWHERE = {
  noEmit: true,
  target: 'es2022',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: ['node'],
  skipLibCheck: true,
}

/** Compiles each TypeScript block of the README as a file: strictly and not, and strictly with the oldest compiler. */
export function compileReadme(packages: readonly PackedPackage[], work: string): string[] {
  const directory = join(work, 'readme')
  mkdirSync(directory)
  writeFileSync(join(directory, 'package.json'), '{ "name": "readme", "private": true, "type": "module" }')
  const tarballs = packages.map(({ tarball }) => tarball)
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts']
  mustRun('npm', [...install, ...tarballs, ...FRAMEWORKS, OLDEST_COMPILER], directory)
  const files = readCodeBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8'))
    .filter(({ language }) => language === 'ts')
    .map(({ text }, index) => {
      const name = `readme-${index}.ts`
      writeFileSync(join(directory, name), text)
      return name
    })
  const newest = join(ROOT, 'node_modules/.bin/tsc')
  const oldest = oldestCompiler(directory)
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

/** The command of the oldest compiler, in a project that has installed it. */
export function oldestCompiler(directory: string): readonly [command: string, script: string] {
  return [process.execPath, join(directory, 'node_modules/oldest-typescript/bin/tsc')]
}
