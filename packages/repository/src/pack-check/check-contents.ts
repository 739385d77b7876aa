/** Which files a published package must have, and which it must not have. */
import { posix } from 'node:path'
import { OLDER_COMPILERS } from '../build/notice.ts'
import { readDeclaredImports } from '../source/declared-imports.ts'
import { targetsOf } from '../workspace/manifest.ts'
import type { SourceFile } from '../workspace/workspace.ts'
import type { PackedPackage } from './packed-package.ts'

/** The directory of the repository. No published file may contain it. */
export type Root = string

const EXPECTED = /^(?:package\.json|README\.md|LICENSE|dist\/.+\.(?:js|js\.map|d\.ts|d\.ts\.map)|src\/.+\.(?:ts|json))$/
const TEST = /\.test(?:-d)?\.|(?:^|\/)test\//

/** Every fault in the contents of a package, with the name of the file. */
export function checkContents(packed: Pick<PackedPackage, 'files' | 'folder' | 'manifest'>, root: Root): string[] {
  const paths = new Set(packed.files.map(({ path }) => path))
  const problems = [
    ...['README.md', 'LICENSE'].filter((path) => !paths.has(path)).map((path) => `${path} is missing`),
    ...packed.files.flatMap((file) => checkFile(file, paths, root).map((problem) => `${file.path} ${problem}`)),
    ...checkManifest(packed, paths),
  ]
  return problems.map((problem) => `${packed.folder}: ${problem}`)
}

function checkFile(file: SourceFile, paths: ReadonlySet<string>, root: Root): string[] {
  const problems: string[] = []
  if (!EXPECTED.test(file.path)) problems.push('has no place in the package')
  if (TEST.test(file.path)) problems.push('is a test')
  if (file.text.includes(root)) problems.push('holds a path of the machine it was built on')
  if (file.path.endsWith('.map')) problems.push(...checkMap(file, paths))
  if (file.path.endsWith('.d.ts')) problems.push(...checkDeclarations(file, paths))
  return problems
}

/** A source map needs its sources in the package. */
function checkMap(file: SourceFile, paths: ReadonlySet<string>): string[] {
  const { sources } = JSON.parse(file.text) as { readonly sources: readonly string[] }
  return sources
    .map((source) => posix.join(posix.dirname(file.path), source))
    .filter((source) => !paths.has(source))
    .map((source) => `maps to ${source}, which is not in the package`)
}

/** The compiler of a consumer must find every file that the declarations import. */
function checkDeclarations(file: SourceFile, paths: ReadonlySet<string>): string[] {
  return readDeclaredImports(file.text, file.path).flatMap(({ specifier }) => {
    if (specifier.startsWith('#')) return [`imports ${specifier}, which only this package can resolve`]
    if (!specifier.startsWith('.')) return []
    if (!specifier.endsWith('.js')) return [`imports ${specifier}, which is not how built files are named`]
    const target = posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, '.d.ts')
    return paths.has(target) ? [] : [`imports ${specifier}, which is not in the package`]
  })
}

function checkManifest({ manifest }: Pick<PackedPackage, 'manifest'>, paths: ReadonlySet<string>): string[] {
  const targets = [manifest.exports, manifest.imports, manifest.bin]
    .flatMap(targetsOf)
    .map((target) => posix.normalize(target))
  const problems: string[] = []
  for (const target of new Set(targets)) {
    if (!paths.has(target)) problems.push(`package.json points at ${target}, which is not in the package`)
    if (target !== 'package.json' && !target.startsWith('dist/'))
      problems.push(`package.json points at ${target}, not at dist`)
    if (target.endsWith('.js') && !paths.has(target.replace(/\.js$/, '.d.ts')))
      problems.push(`${target} has no declarations`)
  }
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    if (typeof target === 'object' && Object.keys(target)[0] !== OLDER_COMPILERS)
      problems.push(`package.json has no ${OLDER_COMPILERS} before the other conditions of ${subpath}`)
  }
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (/^(?:workspace|catalog|link|file):/.test(range)) problems.push(`package.json depends on ${name} ${range}`)
  }
  return problems
}
