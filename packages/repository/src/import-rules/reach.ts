/** What an entry point reaches: every module it loads, and by which way. */
import { readImports } from '../source/imports.ts'

/** Where modules are found. */
export interface ModuleHost {
  read(path: string): string
  /** The file a specifier leads to, or `undefined` when it is somebody else's. */
  resolve(specifier: string, from: string): string | undefined
}

/** Somebody else's module that is reached. */
export interface Reached {
  readonly specifier: string
  /** `static` is loaded with the entry, `dynamic` when it is first needed. */
  readonly kind: 'static' | 'dynamic'
  /** The files on the way, from the entry. */
  readonly through: readonly string[]
}

/** What {@link reach} finds. */
export interface Reach {
  /** Our own files that are loaded with the entry. */
  readonly files: readonly string[]
  readonly reached: readonly Reached[]
}

/** Walks from an entry along everything that is imported when it runs. A module is reported once per kind. */
export function reach(entry: string, host: ModuleHost): Reach {
  const files = new Set<string>()
  const reached = new Map<string, Reached>()
  const seen = new Set<string>()
  const queue: { readonly path: string; readonly through: readonly string[]; readonly kind: Reached['kind'] }[] = [
    { path: entry, through: [], kind: 'static' },
  ]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { path, kind } = next
    if (seen.has(`${kind} ${path}`)) continue
    seen.add(`${kind} ${path}`)
    if (kind === 'static') files.add(path)
    const through = [...next.through, path]
    for (const found of readImports(host.read(path), path)) {
      if (found.kind === 'type' || found.specifier === undefined) continue
      const how = kind === 'dynamic' ? kind : found.kind
      const target = host.resolve(found.specifier, path)
      if (target !== undefined) queue.push({ path: target, through, kind: how })
      else if (!reached.has(`${how} ${found.specifier}`)) {
        reached.set(`${how} ${found.specifier}`, { specifier: found.specifier, kind: how, through })
      }
    }
  }
  return { files: [...files], reached: [...reached.values()] }
}
