/** What publint and "are the types wrong?" say about a package. */
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { ROOT } from '../workspace/workspace.ts'
import type { PackedPackage } from './packed-package.ts'
import { runCommand } from './run-command.ts'

const ATTW = join(ROOT, 'packages/repository/node_modules/.bin/attw')

/** Every message; suggestions count. */
export async function lintPackage(packed: PackedPackage): Promise<string[]> {
  // Unpacked, so everything there is published.
  const { messages, pkg } = await publint({ pkgDir: packed.directory, pack: false, strict: true })
  const complaints = messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
  // ESM only: what old resolution and `require` in declarations make of it is not looked at.
  const types = runCommand(
    ATTW,
    [packed.tarball, '--profile', 'esm-only', '--no-color', '--no-emoji'],
    packed.directory,
  )
  return [
    ...complaints.map((complaint) => `${packed.folder}: publint: ${complaint}`),
    ...(types.ok ? [] : [`${packed.folder}: attw: ${types.output}`]),
  ]
}
