/** Finds modules of our packages as Node does, by the manifests and the conditions of a runtime. */
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Manifest, Target, TargetMap } from '../workspace/manifest.ts'
import type { ModuleHost } from './reach.ts'

/** One package as a host sees it. */
export interface HostedPackage {
  /** The directory, as module paths begin. */
  readonly directory: string
  readonly manifest: Pick<Manifest, 'name' | 'exports' | 'imports'>
}

/**
 * A host for the modules of these packages.
 *
 * @param root - what the directories are relative to.
 * @param conditions - what the runtime is, such as `node`; `default` always holds.
 */
export function packageHost(
  packages: readonly HostedPackage[],
  conditions: readonly string[],
  root: string,
): ModuleHost {
  const holds = new Set([...conditions, 'import', 'default'])
  const owner = (path: string): HostedPackage => {
    const found = packages.find(({ directory }) => path.startsWith(`${directory}/`))
    if (found === undefined) throw new Error(`${path} is in none of the packages`)
    return found
  }
  return {
    read: (path) => readFileSync(join(root, path), 'utf8'),
    resolve(specifier, from) {
      if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
      if (specifier.startsWith('#')) return inPackage(owner(from), owner(from).manifest.imports, specifier, holds)
      const hosted = packages.find(({ manifest: { name } }) => specifier === name || specifier.startsWith(`${name}/`))
      if (hosted === undefined) return undefined
      const subpath = `.${specifier.slice(hosted.manifest.name.length)}`
      return inPackage(hosted, hosted.manifest.exports, subpath, holds)
    },
  }
}

/** The file an entry of a package is, from the root. */
export function inPackage(
  { directory, manifest }: HostedPackage,
  map: TargetMap | undefined,
  key: string,
  conditions: ReadonlySet<string>,
): string {
  const file = choose(map?.[key], conditions)
  if (file === undefined) throw new Error(`${manifest.name} has no ${key}`)
  return posix.join(directory, file)
}

/** The first condition that holds decides, as in Node. */
function choose(target: Target | undefined, conditions: ReadonlySet<string>): string | undefined {
  if (target === undefined || typeof target === 'string') return target
  for (const [condition, inner] of Object.entries(target)) {
    if (!conditions.has(condition)) continue
    const file = choose(inner, conditions)
    if (file !== undefined) return file
  }
  return undefined
}
