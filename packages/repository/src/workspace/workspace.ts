/** The packages and files of the repository. */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { Manifest } from './manifest.ts'

/** The top of the repository. */
export const ROOT = resolve(import.meta.dirname, '../../../..')

/** A package of the workspace. */
export interface WorkspacePackage {
  /** The name of its folder. */
  readonly folder: string
  readonly directory: string
  readonly manifest: Manifest
}

/** A file and its text. */
export interface SourceFile {
  /** From the top of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** The published packages. Each comes after the packages it depends on. */
export function publicPackages(): WorkspacePackage[] {
  const packages = globSync('packages/*/package.json', { cwd: ROOT })
    .map(toPosix)
    .toSorted()
    .map((path): WorkspacePackage => {
      const folder = path.split('/')[1] ?? ''
      return { folder, directory: join(ROOT, 'packages', folder), manifest: readManifest(join(ROOT, path)) }
    })
    .filter(({ manifest }) => manifest.private !== true)
  return inDependencyOrder(packages)
}

/** Sorts packages so that each comes after its `dependencies`. Development dependencies do not count. */
export function inDependencyOrder(packages: readonly WorkspacePackage[]): WorkspacePackage[] {
  const sorted: WorkspacePackage[] = []
  const waiting = [...packages]
  while (waiting.length > 0) {
    const index = waiting.findIndex(
      ({ manifest }) => !waiting.some((other) => manifest.dependencies?.[other.manifest.name] !== undefined),
    )
    if (index === -1) throw new Error(`a cycle of dependencies among ${waiting.map((p) => p.manifest.name).join(', ')}`)
    sorted.push(...waiting.splice(index, 1))
  }
  return sorted
}

/** Reads a `package.json`. */
export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

/** Reads every file the patterns match, sorted by path. Dependencies, builds and generated files do not count. */
export function readFiles(patterns: string[], root = ROOT): SourceFile[] {
  const left = new Set(['node_modules', 'dist', '.generated'])
  return globSync(patterns, { cwd: root, exclude: (name) => left.has(name) })
    .map(toPosix)
    .filter((path) => !path.split('/').some((part) => left.has(part)))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Whether there is a file at a path from the top of the repository. */
export function isFile(path: string): boolean {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() === true
}

function toPosix(path: string): string {
  return path.split(sep).join('/')
}
