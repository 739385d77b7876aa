/** How a published package is built: every file its manifest points at is an entry, and nothing else is. */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { defineConfig } from 'tsup'
import { type Manifest, targetsOf } from '../workspace/manifest.ts'

/**
 * The tsup options of the package in a directory. Declarations are not tsup's: `tsc -b` writes them.
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
    // One copy of a class, however many entries reach it.
    splitting: true,
    sourcemap: true,
    clean: true,
    silent: true,
    // Other runtimes know the built-ins of Node by their prefix only.
    removeNodeProtocol: false,
    // `#names` stay: which file they mean is decided where the package runs.
    external: [/^#/, /^node:/],
    skipNodeModulesBundle: true,
    esbuildOptions(options) {
      options.outbase = 'src'
      // The sources are in the tarball.
      options.sourcesContent = false
    },
  })
}

/** Every source file that `exports` and `imports` point at, once. */
export function entriesOf(manifest: Manifest): string[] {
  const targets = [...targetsOf(manifest.exports), ...targetsOf(manifest.imports)]
  return [...new Set(targets.map((target) => relative('.', target)))].toSorted()
}
