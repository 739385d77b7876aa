/** What a module exports, by name. */
import { parseModule } from './syntax-tree.ts'

/** One exported name. */
export interface ExportedName {
  readonly name: string
  /** A type leaves no trace when the module runs. A class is a value. */
  readonly kind: 'value' | 'type'
}

/**
 * Every name a module exports, sorted.
 *
 * @throws Error for `export *`, which hides what it exports.
 */
export function readExportedNames(text: string, path: string): ExportedName[] {
  const entries = parseModule(text, path).module.staticExports.flatMap((statement) => statement.entries)
  return entries
    .map(({ exportName, importName, isType }): ExportedName => {
      if (importName.kind.startsWith('All')) throw new Error(`${path} has an export *: name what it exports`)
      return { name: exportName.name ?? 'default', kind: isType ? 'type' : 'value' }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
