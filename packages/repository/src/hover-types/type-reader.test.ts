import { expect, test } from 'vitest'
import { createTypeReader } from './type-reader.ts'

const program = `import { IntrospectionClient, clientSecretNone } from '@token-introspection/client'
import { readFileSync } from 'node:fs'
export const secret = readFileSync('secret', 'utf8')
export const introspection = new IntrospectionClient({ issuer: 'https://as.example.com', cache: { maxAgeSeconds: 30 } })
`
const named = {
  path: 'docs/page.md',
  line: 1,
  text: 'export const start = (): number => 1',
  file: 'start.ts',
  unchecked: false,
}
const user = {
  path: 'docs/page.md',
  line: 9,
  text: "import { start } from './start.ts'\nexport const begun = start()",
  unchecked: false,
}
const read = createTypeReader([{ path: 'docs/page.md', line: 1, text: program, unchecked: false }, named, user])

/** What is known about each name, by the name. */
function typesOf(example: string): Map<string, { readonly type: string; readonly doc: string }> {
  return new Map(read(example).map(({ start, end, type, doc }) => [example.slice(start, end), { type, doc }]))
}

test('tells types and docstrings of our names and of the names of the example', () => {
  const types = typesOf(program)
  expect(types.get('introspection')?.type).toBe('const introspection: IntrospectionClient<object>')
  expect(types.get('maxAgeSeconds')?.type).toMatch(/^\(property\) .*maxAgeSeconds\?: number/)
  expect(types.get('issuer')?.doc).toContain('The authorization server')
  expect(types.get('maxAgeSeconds')?.doc).toContain('Default 30')
  expect(types.get('IntrospectionClient')?.type).toMatch(
    /^class IntrospectionClient|^new IntrospectionClient|^constructor/,
  )
})

test('tells nothing about names of other projects and names that do not exist', () => {
  expect([...typesOf(program).keys()]).not.toContain('readFileSync')
  expect([...typesOf(program).keys()]).not.toContain('clientSecretNone')
})

test('knows what another example exports', () => {
  expect(typesOf(user.text).get('begun')?.type).toBe('const begun: number')
})

test('knows nothing about a text that is no example', () => {
  expect(read('export const x = 1')).toEqual([])
})
