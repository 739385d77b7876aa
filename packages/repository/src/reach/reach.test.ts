import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { reach } from './reach.ts'

const directory = mkdtempSync(join(tmpdir(), 'reach-'))
const inside = 'node_modules/@ours/client'
mkdirSync(join(directory, inside), { recursive: true })
afterAll(() => rmSync(directory, { recursive: true }))

const files = {
  'package.json': JSON.stringify({
    name: '@ours/client',
    sideEffects: false,
    exports: './index.ts',
    imports: { '#send': { node: './send.node.ts', default: './send.ts' } },
  }),
  'index.ts': "export { a } from '#send'\nimport type { A } from 'types-only'\nexport { b } from './b.ts'",
  'send.ts': "export const a = async () => (await import('later')) ?? import('./late.ts')",
  'send.node.ts': "import 'node:net'\nexport const a = 1",
  'b.ts': "export { b } from 'now'\nimport './index.ts'",
  'late.ts': "import 'later-too'\nimport 'now'",
}
for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, inside, name), text)

test('follows the imports that remain at run time, and tells those that are loaded later', async () => {
  const found = await reach(['@ours/client'], 'workerd', directory)
  expect(found.get('@ours/client')).toEqual({
    files: [`${inside}/index.ts`, `${inside}/send.ts`, `${inside}/b.ts`],
    loads: new Map([['now', `${inside}/index.ts → ${inside}/b.ts`]]),
    later: new Map([
      ['later', `${inside}/index.ts → ${inside}/send.ts`],
      ['later-too', `${inside}/index.ts → ${inside}/send.ts → ${inside}/late.ts`],
    ]),
  })
})

test('chooses the files of the runtime', async () => {
  const found = await reach(['@ours/client'], 'node', directory)
  expect([...(found.get('@ours/client')?.loads.keys() ?? [])]).toEqual(['node:net', 'now'])
})

test('refuses an import that leads nowhere', async () => {
  await expect(reach(['@ours/gone'], 'node', directory)).rejects.toThrow('Could not resolve "@ours/gone"')
})
