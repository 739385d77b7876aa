/** Bundles a program that uses the installed packages with each bundler for Node, and runs the bundle. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'

/** The bundlers, with their plugins. A consumer project needs them. */
export const BUNDLERS = [
  'esbuild@0.28.2',
  'rollup@4',
  '@rollup/plugin-node-resolve@16',
  '@rollup/plugin-commonjs@29',
  'webpack@5',
  'tsdown@0.21',
]

/** A way to bundle `bundled/app.js`. */
interface Bundling {
  readonly title: string
  /** The command, with its arguments. */
  readonly command: readonly [name: string, ...args: string[]]
  /** The bundle, in the directory of the project. */
  readonly bundle: string
  /** Whether undici cannot be loaded from the bundle, so that the client warns and uses the `fetch` of Node. */
  readonly isWithoutUndici?: boolean
}

const APP = 'bundled/app.js'
const ESBUILD = ['esbuild', APP, '--bundle', '--platform=node', '--log-level=error'] as const
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"

const BUNDLINGS: readonly Bundling[] = [
  {
    title: 'esbuild',
    command: [...ESBUILD, '--format=esm', '--outfile=bundled/esbuild.mjs'],
    bundle: 'bundled/esbuild.mjs',
    isWithoutUndici: true,
  },
  {
    title: 'esbuild with a require',
    command: [...ESBUILD, '--format=esm', `--banner:js=${REQUIRE}`, '--outfile=bundled/banner.mjs'],
    bundle: 'bundled/banner.mjs',
  },
  {
    title: 'esbuild with undici as external',
    command: [...ESBUILD, '--format=esm', '--external:undici', '--outfile=bundled/external.mjs'],
    bundle: 'bundled/external.mjs',
  },
  { title: 'rollup', command: ['rollup', '-c', 'bundled/rollup.mjs', '--silent'], bundle: 'bundled/rollup/app.js' },
  { title: 'webpack', command: ['node', 'bundled/webpack.mjs'], bundle: 'bundled/webpack/app.mjs' },
  {
    title: 'tsdown',
    command: ['tsdown', APP, '--no-config', '--no-dts', '--silent', '--out-dir', 'bundled/tsdown'],
    bundle: 'bundled/tsdown/app.mjs',
  },
]

const ROLLUP = `import commonjs from '@rollup/plugin-commonjs'
import resolve from '@rollup/plugin-node-resolve'
export default {
  input: '${APP}',
  output: { dir: 'bundled/rollup', format: 'es' },
  plugins: [resolve({ exportConditions: ['node'], preferBuiltins: true }), commonjs()],
}
`

const WEBPACK = `import { resolve } from 'node:path'
import webpack from 'webpack'
webpack(
  {
    mode: 'production',
    target: 'node',
    entry: './${APP}',
    experiments: { outputModule: true },
    optimization: { minimize: false },
    output: { path: resolve('bundled/webpack'), filename: 'app.mjs', module: true },
  },
  (error, stats) => {
    if (error === null && !stats.hasErrors()) return
    console.error(error ?? stats.toString({ all: false, errors: true }))
    process.exitCode = 1
  },
)
`

/** The code of the warning of a client that could not load undici. */
const WITHOUT_UNDICI = 'TOKEN_INTROSPECTION_WITHOUT_UNDICI'

/** Builds and runs each bundle of round-trip.ts, in a project that has the packages. It must end with 0, and warn about undici only where that is expected. */
export function runBundles(directory: string): string[] {
  const binaries = join(directory, 'node_modules/.bin')
  const compiled = runCommand(
    join(binaries, 'esbuild'),
    ['round-trip.ts', '--format=esm', '--log-level=error', `--outfile=${APP}`],
    directory,
  )
  if (!compiled.ok) return [compiled.output]
  writeFileSync(join(directory, 'bundled/rollup.mjs'), ROLLUP)
  writeFileSync(join(directory, 'bundled/webpack.mjs'), WEBPACK)
  return BUNDLINGS.flatMap(({ title, command: [name, ...args], bundle, isWithoutUndici = false }) => {
    const program = name === 'node' ? process.execPath : join(binaries, name)
    const built = runCommand(program, args, directory)
    if (!built.ok) return [`${title}: is not built: ${built.output}`]
    const { ok, output } = runCommand(process.execPath, [bundle], directory)
    if (!ok) return [`${title}: ${output}`]
    return output.includes(WITHOUT_UNDICI) === isWithoutUndici ? [] : [`${title}: prints ${JSON.stringify(output)}`]
  })
}
