/** How a published package is built. Its entries are exactly the files its manifest points at. */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { defineConfig } from 'tsup'
import { type Manifest, targetsOf } from '../workspace/manifest.ts'

/**
 * The tsup options of the package in a directory. `tsc -b` writes the declarations, not tsup.
 *
 * @param directory - where the `package.json` lies.
 */
export function packageBuild(directory: string) {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
  return defineConfig({
    entry: entriesOf(manifest),
    format: ['esm'],
    dts: false,
    platform: 'neutral',
    target: 'node22',
    // One copy of each class, shared by all entries.
    splitting: true,
    sourcemap: true,
    clean: true,
    silent: true,
    // Other runtimes know Node's built-in modules by their `node:` prefix only.
    removeNodeProtocol: false,
    // `#names` stay: the runtime of the user chooses their file.
    external: [/^#/, /^node:/],
    skipNodeModulesBundle: true,
    esbuildOptions(options) {
      options.outbase = 'src'
      // The sources are in the tarball.
      options.sourcesContent = false
    },
  })
}

/** Every source file that `exports`, `imports` and `bin` point at, once. */
export function entriesOf(manifest: Manifest): string[] {
  const targets = [...targetsOf(manifest.exports), ...targetsOf(manifest.imports), ...targetsOf(manifest.bin)]
  return [...new Set(targets.map((target) => relative('.', target)))].toSorted()
}
