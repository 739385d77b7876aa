/** The files in which examples are compiled. */
import type { Example } from './examples.ts'

/** What an example may import that no package here has. Bun's expectations are those of Vitest, as far as examples use them. */
export const BESIDE_EXAMPLES: ReadonlyMap<string, string> = new Map([
  ['bun-test.d.ts', `declare module 'bun:test' {\n  export { expect, test } from 'vitest'\n}\n`],
])

/** Each example by the name of its file: the one that its page gives it, or a number. @throws Error when two have one name. */
export function exampleFiles<Named extends Pick<Example, 'file' | 'path'>>(
  examples: readonly Named[],
): Map<string, Named> {
  const files = new Map<string, Named>()
  for (const [index, example] of examples.entries()) {
    const file = example.file ?? `example-${index + 1}.ts`
    const other = files.get(file)
    if (other !== undefined) throw new Error(`${other.path} and ${example.path} both have an example named ${file}`)
    files.set(file, example)
  }
  return files
}
