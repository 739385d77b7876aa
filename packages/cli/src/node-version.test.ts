import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { nodeComplaint } from './node-version.ts'

test.each(['22.19.0', '22.20.1', '24.0.0', '100.1.0'])('Node %s is new enough', (version) => {
  expect(nodeComplaint(version)).toBeUndefined()
})

test.each(['20.18.1', '22.18.9', '18.0.0'])('Node %s is named, with the version that is needed', (version) => {
  expect(nodeComplaint(version)).toContain(`needs Node 22.19 or newer, and this is Node ${version}`)
})

test('the version is the one in package.json', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  expect((JSON.parse(manifest) as { engines: { node: string } }).engines.node).toBe('>=22.19')
})
