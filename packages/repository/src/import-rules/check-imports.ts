/** Who may import whom: holds one source file against the layout of its package. */
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { readGlobals } from '../source/globals.ts'
import { type ModuleImport, readImports } from '../source/imports.ts'
import type { SourceFile } from '../workspace/workspace.ts'
import { hasSteps, type Layout, NODE_FILES } from './layout.ts'

/** Names that say nothing about what is inside. */
const SAYS_NOTHING = /^(?:utils?|helpers?|common|shared|types)$/

/** Everything a file does that its package's layout does not allow, each with the name of the file. */
export function checkFile(file: SourceFile, layout: Layout): string[] {
  const inside = file.path.split('/').slice(3).join('/')
  const problems = [
    ...checkPlace(inside, layout),
    ...readImports(file.text, file.path).flatMap((found) => checkImport(found, inside, layout)),
    ...(NODE_FILES.test(inside)
      ? []
      : readGlobals(file.text, file.path).map((name) => `uses ${name}, outside *.node.ts`)),
  ]
  return problems.map((problem) => `${file.path} ${problem}`)
}

function checkPlace(inside: string, layout: Layout): string[] {
  const words = inside.replace(/(?:\.node)?\.ts$/, '').split('/')
  const problems = words.filter((word) => SAYS_NOTHING.test(word)).map((word) => `is named ${word}, which says nothing`)
  const folder = folderOf(inside)
  if (hasSteps(layout) && folder !== undefined && kindOf(folder, layout) === 'unknown') {
    problems.push(`lies in ${folder}/, which is neither a step, nor adapters, nor a runtime folder`)
  }
  return problems
}

function checkImport({ specifier, kind }: ModuleImport, inside: string, layout: Layout): string[] {
  if (specifier === undefined) return ['imports what is only known when it runs']
  if (specifier.startsWith('#')) return inside.startsWith('adapters/') ? [notPublic(specifier)] : []
  if (specifier.startsWith('.')) return checkRelative(specifier, kind, inside, layout)
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return [`imports ${specifier} without node:`]
    return NODE_FILES.test(inside)
      ? []
      : [`imports ${specifier}: Node's own modules belong into *.node.ts and adapters/`]
  }
  const where = layout.packages[specifier]
  if (where === undefined) return [`imports ${specifier}, which this package does not import`]
  return where.test(inside) ? [] : [`imports ${specifier}, which does not belong here`]
}

function checkRelative(specifier: string, kind: ModuleImport['kind'], inside: string, layout: Layout): string[] {
  const target = posix.join(posix.dirname(inside), specifier)
  if (target.startsWith('..')) return [`imports ${specifier}: it lies outside the package's src`]
  if (!target.endsWith('.ts')) return [`imports ${specifier} without its extension`]
  // One of Node's may import another: the runtime was chosen before.
  if (target.endsWith('.node.ts') && !inside.endsWith('.node.ts')) {
    return [`imports ${specifier} by its path: a #name chooses it by runtime`]
  }
  if (!hasSteps(layout)) return []
  const apart = layout.apart?.find((folder) => target.startsWith(`${folder}/`))
  if (apart !== undefined && !inside.startsWith(`${apart}/`)) return [`imports ${specifier}: ${apart} is an entry`]
  const [from, to] = [folderOf(inside), folderOf(target)]
  if (from === to && from !== undefined) return []
  if (from === 'adapters') return target === 'index.ts' ? [] : [notPublic(specifier)]
  if (to === 'adapters') return [`imports ${specifier}: nothing imports an adapter`]
  if (to !== undefined && kindOf(to, layout) === 'runtime') return [`imports ${specifier} by its path: use its #name`]
  if (from === undefined || kindOf(from, layout) === 'above')
    return target === 'index.ts' ? [`imports ${specifier}: the entry is for others`] : []
  if (layout.open?.includes(target) || kindOf(to ?? '', layout) === 'ground') return []
  if (to === undefined) return [`imports ${specifier}: a step does not import what stands above it`]
  return kind === 'type'
    ? []
    : [`imports code of the step ${to} by ${specifier}: the spine carries values between steps`]
}

function notPublic(specifier: string): string {
  return `imports ${specifier}: an adapter imports ../index.ts only`
}

function folderOf(inside: string): string | undefined {
  return inside.includes('/') ? inside.split('/')[0] : undefined
}

function kindOf(folder: string, layout: Layout): 'step' | 'runtime' | 'above' | 'ground' | 'adapters' | 'unknown' {
  if (folder === 'adapters') return 'adapters'
  if (layout.steps?.includes(folder)) return 'step'
  if (layout.above?.includes(folder)) return 'above'
  if (layout.ground?.includes(folder)) return 'ground'
  return layout.runtime?.includes(folder) ? 'runtime' : 'unknown'
}
