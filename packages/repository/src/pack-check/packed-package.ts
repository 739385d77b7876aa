/** Packs a package as a release does, and unpacks it again to inspect it. */
import { globSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import type { Manifest } from '../workspace/manifest.ts'
import { readManifest, type SourceFile, type WorkspacePackage } from '../workspace/workspace.ts'
import { mustRun } from './run-command.ts'

/** A packed package. */
export interface PackedPackage {
  /** Its folder in the repository. */
  readonly folder: string
  readonly tarball: string
  readonly bytes: number
  /** The directory with its unpacked files. */
  readonly directory: string
  /** The published manifest. */
  readonly manifest: Manifest
  /** Every file, by its path in the package. */
  readonly files: readonly SourceFile[]
}

/** Packs a package into a directory. */
export function packPackage({ folder, directory: source }: WorkspacePackage, work: string): PackedPackage {
  const output = mustRun('pnpm', ['pack', '--json', '--pack-destination', work], source)
  const { filename } = JSON.parse(output.slice(output.indexOf('{'))) as { readonly filename: string }
  const tarball = join(work, basename(filename))
  const directory = join(work, folder)
  mkdirSync(directory)
  mustRun('tar', ['-xzf', tarball, '-C', directory, '--strip-components', '1'], work)
  const files = globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: path
        .slice(directory.length + 1)
        .split(sep)
        .join('/'),
      text: readFileSync(path, 'utf8'),
    }))
  const manifest = readManifest(join(directory, 'package.json'))
  return { folder, tarball, bytes: readFileSync(tarball).byteLength, directory, manifest, files }
}
