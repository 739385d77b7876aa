/** The programs of the mounting guide, as JavaScript that finds its handler in a module beside it. */
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { ROOT } from '../workspace/workspace.ts'

const GUIDE = join(ROOT, 'docs/guides/mounting.md')
const DECLARED = /^declare const (introspection|feed): \w+Handler\n/gm

/**
 * The first example under a heading of the guide.
 *
 * @param from - the module to import the handler from.
 * @throws Error when there is no example, or when the example imports its handler.
 */
export function guideProgram(heading: string, from: string): string {
  const section = readFileSync(GUIDE, 'utf8')
    .split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`))
  const example = /^```ts\n(.*?)^```$/ms.exec(section ?? '')?.[1]
  if (!example?.includes('declare const introspection: '))
    throw new Error(`docs/guides/mounting.md: no example to mount under ${heading}`)
  const program = example.replace(DECLARED, (_, name: string) => `import { ${name} } from '${from}'\n`)
  return stripTypeScriptTypes(program)
}
