/** Which third-party modules the entries of our packages load, as esbuild finds them. */
import { build, type Metafile } from 'esbuild'

/** What an entry reaches on one runtime. */
export interface Reach {
  /** Our own files that are loaded with the entry, relative to the directory. */
  readonly files: readonly string[]
  /** Third-party modules that are loaded with the entry, each with the chain of our files that leads to it. */
  readonly loads: ReadonlyMap<string, string>
  /** Third-party modules that are loaded when the program first needs them. */
  readonly later: ReadonlyMap<string, string>
}

/**
 * Follows every import of each entry that remains when the program runs.
 *
 * @param entries - as users import them. All are of one scope, whose other packages are followed, too.
 * @param condition - the runtime, by its name in `exports`: `node`, `workerd`.
 * @param directory - where the packages are installed.
 */
export async function reach(
  entries: readonly string[],
  condition: string,
  directory: string,
): Promise<ReadonlyMap<string, Reach>> {
  const isOurs = new RegExp(`^(?:[.#]|${entries[0]?.split('/')[0] ?? ''}/)`)
  const { metafile } = await build({
    stdin: { contents: entries.map((entry) => `import '${entry}'`).join('\n'), resolveDir: directory, sourcefile: ALL },
    absWorkingDir: directory,
    bundle: true,
    write: false,
    metafile: true,
    outdir: '.',
    format: 'esm',
    platform: 'neutral',
    conditions: [condition],
    logLevel: 'silent',
    plugins: [
      {
        name: 'third-party',
        setup: (esbuild) =>
          esbuild.onResolve({ filter: /./ }, ({ path }) => (isOurs.test(path) ? undefined : { path, external: true })),
      },
    ],
  })
  return new Map(
    (metafile.inputs[ALL]?.imports ?? []).map(({ original = '', path }) => {
      const [now, later] = [follow(path, metafile, false), follow(path, metafile, true)]
      const onlyLater = new Map([...later.external].filter(([name]) => !now.external.has(name)))
      return [original, { files: now.files, loads: now.external, later: onlyLater }]
    }),
  )
}

/** The module that imports every entry. */
const ALL = 'all-entries.js'

/** Walks from a file, along dynamic imports as well when `dynamic` says so. */
function follow(
  start: string,
  { inputs }: Metafile,
  dynamic: boolean,
): { files: string[]; external: Map<string, string> } {
  const ways = new Map([[start, start]])
  const external = new Map<string, string>()
  // The loop also visits what is added to the map meanwhile.
  for (const [file, way] of ways) {
    for (const { path, kind, external: isExternal } of inputs[file]?.imports ?? []) {
      if (kind === 'dynamic-import' && !dynamic) continue
      if (isExternal === true) external.set(path, external.get(path) ?? way)
      else if (!ways.has(path)) ways.set(path, `${way} → ${path}`)
    }
  }
  return { files: [...ways.keys()], external }
}
