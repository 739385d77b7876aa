/** What publint and "are the types wrong?" say about a package. */
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { OLDER_COMPILERS } from '../build/notice.ts'
import { ROOT } from '../workspace/workspace.ts'
import type { PackedPackage } from './packed-package.ts'
import { mustRun, runCommand } from './run-command.ts'

const ATTW = join(ROOT, 'packages/repository/node_modules/.bin/attw')

/** Every message of both tools, suggestions included. */
export async function lintPackage(packed: PackedPackage): Promise<string[]> {
  // The directory is the unpacked tarball: every file in it is published.
  const { messages, pkg } = await publint({ pkgDir: packed.directory, pack: false, strict: true })
  const complaints = messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
  // The packages are ESM only, so older kinds of resolution are left out.
  const options = ['--profile', 'esm-only', '--no-color', '--no-emoji']
  const types = runCommand(ATTW, [packForNewer(packed), ...options], packed.directory)
  return [
    ...complaints.map((complaint) => `${packed.folder}: publint: ${complaint}`),
    ...(types.ok ? [] : [`${packed.folder}: attw: ${types.output}`]),
  ]
}

/** Packs the package without the notice for older compilers. attw has such a compiler in it, and would check the notice alone. */
function packForNewer({ directory, manifest }: PackedPackage): string {
  const work = `${directory}-for-newer`
  const tarball = `${work}.tgz`
  cpSync(directory, join(work, 'package'), { recursive: true })
  const exports = Object.entries(manifest.exports ?? {}).map(([subpath, target]) => {
    if (typeof target === 'string') return [subpath, target]
    const { [OLDER_COMPILERS]: _, ...others } = target
    return [subpath, others]
  })
  const changed = JSON.stringify({ ...manifest, exports: Object.fromEntries(exports) as object })
  writeFileSync(join(work, 'package/package.json'), changed)
  mustRun('tar', ['-czf', tarball, '-C', work, 'package'], work)
  return tarball
}
