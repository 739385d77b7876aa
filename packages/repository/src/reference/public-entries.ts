/** The public entries of the packages, and the names that each one exports. */
import { posix } from 'node:path'
import { publicPackages, type WorkspacePackage } from '../workspace/workspace.ts'

/** One public entry. */
export interface PublicEntry {
  /** What an import names: `@token-introspection/client/express`. */
  readonly name: string
  /** The folder of its package. */
  readonly folder: string
  /** Its name below the package, or an empty text for the main entry. */
  readonly subpath: string
  /** Its module, from the top of the repository. */
  readonly path: string
}

/** Every entry of packages whose `exports` name sources. The command line has none. */
export function publicEntries(packages: readonly WorkspacePackage[] = publicPackages()): PublicEntry[] {
  return packages.flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).flatMap(([key, target]) =>
      typeof target === 'string' && target.endsWith('.ts')
        ? [
            {
              name: manifest.name + key.slice(1),
              folder,
              subpath: key.replace(/^\.\/?/, ''),
              path: posix.join('packages', folder, target),
            },
          ]
        : [],
    ),
  )
}
