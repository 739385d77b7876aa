/** Gives relative imports in declarations the extension of built files. */
import { readDeclaredImports } from '../source/declared-imports.ts'

/** A declaration file with `.js` at the end of every relative import that has `.ts`. */
export function withBuiltExtensions(declarations: string, path: string): string {
  let rewritten = declarations
  for (const { specifier, end } of readDeclaredImports(declarations, path)) {
    if (!/^\.{1,2}\/.*(?<!\.d)\.ts$/.test(specifier)) continue
    // The last character is the closing quote.
    rewritten = `${rewritten.slice(0, end - 4)}.js${rewritten.slice(end - 1)}`
  }
  return rewritten
}
