/** Bundles a program for runtimes that do not run its TypeScript as it is. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions } from 'esbuild'

/** Where bundles go: below `node_modules`, so that they find the packages that stay outside. */
const BUNDLES = new URL('../../node_modules/.cache/examples/', import.meta.url)

/** Bundles an ES module. @returns the path of the bundle. */
export async function bundle(entry: URL, name: string, options: BuildOptions): Promise<string> {
  const outfile = fileURLToPath(new URL(`${name}-${process.pid}.mjs`, BUNDLES))
  mkdirSync(dirname(outfile), { recursive: true })
  await build({ entryPoints: [fileURLToPath(entry)], bundle: true, format: 'esm', outfile, ...options })
  return outfile
}
