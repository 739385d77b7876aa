/** Preloaded with `--dist`: our packages resolve to their built output, as in their published manifests. */
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

interface Manifest {
  readonly publishConfig?: { readonly exports?: Targets; readonly imports?: Targets }
}
type Targets = Readonly<Record<string, string | Readonly<Record<string, string>>>>

const SCOPE = '@token-introspection/'
const packages = new URL('../../../', import.meta.url)

registerHooks({
  resolve(specifier, context, nextResolve) {
    const built = specifier.startsWith(SCOPE) ? builtEntry(specifier) : builtImport(specifier, context.parentURL)
    return built === undefined ? nextResolve(specifier, context) : { url: built, shortCircuit: true }
  },
})

function builtEntry(specifier: string): string {
  const [name = '', ...rest] = specifier.slice(SCOPE.length).split('/')
  return builtFile(name, readManifest(name).publishConfig?.exports?.[['.', ...rest].join('/')], specifier)
}

/** Resolves a `#name` inside a built package. The unpublished manifest would resolve it to the sources. */
function builtImport(specifier: string, parent: string | undefined): string | undefined {
  if (!specifier.startsWith('#') || parent?.startsWith(packages.href) !== true) return undefined
  const [name = '', folder] = parent.slice(packages.href.length).split('/')
  if (folder !== 'dist') return undefined
  return builtFile(name, readManifest(name).publishConfig?.imports?.[specifier], specifier)
}

function builtFile(name: string, target: Targets[string] | undefined, specifier: string): string {
  const path = typeof target === 'object' ? (target['node'] ?? target['default']) : target
  const file = path === undefined ? undefined : fileURLToPath(new URL(`${name}/${path}`, packages))
  if (file === undefined || !existsSync(file)) throw new Error(`${specifier}: no built output; run pnpm build first`)
  return pathToFileURL(file).href
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8')) as Manifest
}
