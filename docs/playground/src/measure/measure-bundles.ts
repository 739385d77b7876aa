/** Measures what an application loads of each package, as a bundler for browsers makes it. */
import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'

/** What an application imports of each side. */
const IMPORTS = {
  client: [
    "export { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'",
    "export { followFeed } from '@token-introspection/client/revocations'",
  ],
  server: [
    "export { createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'",
    "export { createRevocationFeedHandler, createRevocationHandler } from '@token-introspection/server'",
    "export { createTokenIssuer } from '@token-introspection/server/tokens'",
  ],
} as const

/** Measures one side, minified and compressed, in kilobytes. What is loaded later does not count. */
export async function measureBundle(side: keyof typeof IMPORTS): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: IMPORTS[side].join('\n'), resolveDir: import.meta.dirname, sourcefile: `${side}.ts` },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
    outdir: 'out',
  })
  const first = loadedAtOnce(metafile, `${side}.ts`)
  return outputFiles
    .filter(({ path }) => first.has(basename(path)))
    .reduce((sum, { contents }) => sum + gzipSync(contents).length / 1000, 0)
}

/** The file of the entry, and every file that it imports statically. */
function loadedAtOnce({ outputs }: Metafile, entry: string): ReadonlySet<string> {
  const paths = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint?.endsWith(entry)))
  for (const path of paths) {
    for (const imported of outputs[path]?.imports ?? []) {
      if (imported.kind === 'import-statement') paths.add(imported.path)
    }
  }
  return new Set([...paths].map((path) => basename(path)))
}
