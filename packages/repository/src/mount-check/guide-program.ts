/** The programs of the mounting guide, as JavaScript that finds its handler in another module. */
import { stripTypeScriptTypes } from 'node:module'
import { readGuideExample } from '../markdown/guide-example.ts'

const DECLARED = /^declare const (introspection|feed): \w+Handler\n/gm

/**
 * The first example under a heading of the guide.
 *
 * @param from - the module to import the handler from.
 * @throws Error when there is no example, or when the example imports its handler from elsewhere.
 */
export function guideProgram(heading: string, from: string): string {
  const example = readGuideExample('run/mounting.md', heading)
  // An example whose framework has its types in the project alone is not compiled here, and imports its handler itself.
  if (example.includes(`import { introspection } from '${from}'`)) return stripTypeScriptTypes(example)
  if (!example.includes('declare const introspection: '))
    throw new Error(`docs/run/mounting.md: no example to mount under ${heading}`)
  const program = example.replace(DECLARED, (_, name: string) => `import { ${name} } from '${from}'\n`)
  return stripTypeScriptTypes(program)
}
