/** Runs the command of the command-line package, as it is installed. */
import { join } from 'node:path'
import type { PackedPackage } from './packed-package.ts'
import { runCommand } from './run-command.ts'
import type { Runtime } from './runtimes.ts'

/**
 * Every fault of `token-introspection` in a project that has the packages: it must print its version and its help by `npx`, and its version
 * on every runtime. A wrong command line must end with another code than 0.
 */
export function runCommandLine(
  directory: string,
  packages: readonly PackedPackage[],
  runtimes: readonly Runtime[],
): string[] {
  const cli = packages.find(({ folder }) => folder === 'cli')
  if (cli === undefined) return ['there is no package of the command line']
  const bin = join(directory, 'node_modules', cli.manifest.name, 'dist/bin.js')
  const npx = (...args: string[]) => runCommand('npx', ['--no', '--', 'token-introspection', ...args], directory)
  const help = npx('--help')
  return [
    ...runtimes.flatMap(({ name, path }) => {
      const { output } = runCommand(path, [bin, '--version'], directory)
      return output === cli.manifest.version ? [] : [`${name}: token-introspection --version: ${output}`]
    }),
    ...(help.ok && help.output.startsWith('Usage: token-introspection')
      ? []
      : [`npx token-introspection: ${help.output}`]),
    ...(npx('no-command').ok ? ['npx token-introspection no-command: ends with 0'] : []),
  ]
}
