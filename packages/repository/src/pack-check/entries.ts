/** What the built entry points load, and how much that is. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { checkReach, EXPECTED_REACH, type ExpectedReach } from '../import-rules/expected-reach.ts'
import { inPackage, packageHost } from '../import-rules/package-host.ts'
import { type Reach, reach } from '../import-rules/reach.ts'
import type { PackedPackage } from './packed-package.ts'

/** What is wrong with the entries of these packages, unpacked beside each other, and how large they are. */
export function checkEntries(
  packages: readonly PackedPackage[],
  work: string,
): { problems: string[]; sizes: string[] } {
  const problems: string[] = []
  const sizes: string[] = []
  for (const expected of EXPECTED_REACH) {
    const found = walk(expected, packages, work)
    problems.push(...checkReach(expected, found))
    const gzip = gzipSync(found.files.map((path) => readFileSync(join(work, path), 'utf8')).join('\n')).byteLength
    const what = `${expected.folder} ${expected.entry} (${expected.conditions.join()})`
    const beside = expected.loads.length > 0 ? ` beside ${expected.loads.join(', ')}` : ''
    sizes.push(`${what.padEnd(28)} ${String(gzip).padStart(6)} B gzip${beside}`)
  }
  return { problems, sizes }
}

function walk({ folder, entry, conditions }: ExpectedReach, packages: readonly PackedPackage[], work: string): Reach {
  const hosted = packages.map(({ directory, manifest }) => ({ directory: basename(directory), manifest }))
  const own = hosted[packages.findIndex((packed) => packed.folder === folder)]
  if (own === undefined) throw new Error(`there is no package ${folder}`)
  const start = inPackage(own, own.manifest.exports, entry, new Set([...conditions, 'default']))
  return reach(start, packageHost(hosted, conditions, work))
}
