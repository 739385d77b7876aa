/** What publint and "are the types wrong?" say about a package. */
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { ROOT } from '../workspace/workspace.ts'
import type { PackedPackage } from './packed-package.ts'
import { runCommand } from './run-command.ts'

const ATTW = join(ROOT, 'packages/repository/node_modules/.bin/attw')

/** Every message of both tools, suggestions included. */
export async function lintPackage(packed: PackedPackage): Promise<string[]> {
  // The directory is the unpacked tarball: every file in it is published.
  const { messages, pkg } = await publint({ pkgDir: packed.directory, pack: false, strict: true })
  const complaints = messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
  // The packages are ESM only, so older kinds of resolution are left out.
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
