/** An empty project that installs the tarballs as a user does, and runs programs with them. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ROOT } from '../workspace/workspace.ts'
import { BUNDLERS } from './bundles.ts'
import { OLDER_COMPILERS_TO_INSTALL } from './older-compilers.ts'
import type { PackedPackage } from './packed-package.ts'
import { OLDEST_COMPILER, oldestCompiler } from './readme-program.ts'
import { mustRun, runCommand } from './run-command.ts'
import type { Runtime } from './runtimes.ts'

/** A project with the packages installed. */
export interface ConsumerProject {
  readonly directory: string
  /** A second project, with its own copy of core. */
  readonly second: string
}

const PROGRAMS = join(import.meta.dirname, 'consumer')

/** Installs the tarballs, their optional peers, and the types they need. */
export function installConsumer(packages: readonly PackedPackage[], work: string): ConsumerProject {
  const directory = join(work, 'consumer')
  const second = join(work, 'second')
  cpSync(PROGRAMS, directory, { recursive: true })
  mkdirSync(second)
  const tarballs = packages.map(({ tarball }) => tarball)
  install(directory, [
    ...tarballs,
    ...besides(),
    OLDER_COMPILER,
    OLDEST_COMPILER,
    ...OLDER_COMPILERS_TO_INSTALL,
    ...BUNDLERS,
  ])
  install(second, tarballs.slice(0, 1))
  return { directory, second }
}

/** Runs every program on every runtime. */
export function runPrograms(
  project: ConsumerProject,
  packages: readonly PackedPackage[],
  runtimes: readonly Runtime[],
): string[] {
  const programs = [
    ['load-entries.ts', ...packages.map(({ manifest }) => manifest.name)],
    ['round-trip.ts'],
    ['two-copies.ts', project.second],
  ]
  return runtimes.flatMap(({ name, path }) =>
    programs.flatMap((program) => {
      const { ok, output } = runCommand(path, program, project.directory)
      return ok ? [] : [`${name}: ${program[0]}: ${output}`]
    }),
  )
}

/** The TypeScript version before the one of the workspace. Its command is `tsc6`. */
const OLDER_COMPILER = '@typescript/typescript6@6.0.2'

const STRICT = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  target: 'ES2024',
}
const ON_NODE = { lib: ['ES2024'], types: ['node'] }
const IN_BROWSERS = { lib: ['ES2024', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'], types: [] }

/** The programs, and the types they see. Our declarations are checked as well, where those of others have no errors. */
const COMPILATIONS = [
  { files: ['typed-web.ts', 'typed-node.ts', 'round-trip.ts'], ...ON_NODE, skipLibCheck: false },
  { files: ['typed-web.ts'], ...IN_BROWSERS, skipLibCheck: false },
  { files: ['typed-web.ts', 'typed-node.ts', 'typed-msw.ts'], ...ON_NODE, lib: IN_BROWSERS.lib, skipLibCheck: true },
]

const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'esnext', moduleResolution: 'bundler' },
]

/** Compiles the programs strictly: with every kind of module resolution, and with one kind under the older compilers, which are slow. */
export function compilePrograms({ directory }: ConsumerProject): string[] {
  const newest = [join(ROOT, 'node_modules/.bin/tsc')] as const
  const older = [[join(directory, 'node_modules/.bin/tsc6')] as const, oldestCompiler(directory)]
  return [
    ...RESOLUTIONS.flatMap((resolution) => compile(newest, resolution, directory)),
    ...older.flatMap((compiler) =>
      RESOLUTIONS.slice(0, 1).flatMap((resolution) => compile(compiler, resolution, directory)),
    ),
  ]
}

function compile(
  [command, ...args]: readonly [command: string, ...args: string[]],
  resolution: object,
  directory: string,
): string[] {
  return COMPILATIONS.flatMap(({ files, ...settings }) => {
    const compilerOptions = { ...STRICT, ...resolution, ...settings }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    const { ok, output } = runCommand(command, [...args, '-p', '.', '--pretty', 'false'], directory)
    return ok
      ? []
      : [`${basename(args.at(-1) ?? command)} ${JSON.stringify({ files, ...resolution, ...settings })}: ${output}`]
  })
}

function install(directory: string, packages: readonly string[]): void {
  writeFileSync(join(directory, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }')
  mustRun('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], directory)
}

/** The packages that the entry for Nest loads, and their own peers. */
const NEST = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs']

/** These packages, in the versions of the catalog. */
function besides(): string[] {
  const catalog = readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8')
  return [...NEST, '@mswjs/interceptors', '@types/node', 'msw'].map((name) => {
    const range = new RegExp(`^  "?${name}"?: (\\S+)$`, 'm').exec(catalog)?.[1]
    if (range === undefined) throw new Error(`the catalog has no ${name}`)
    return `${name}@${range}`
  })
}
