import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { undiciRemedy } from './undici-remedy.ts'

test.each(['18.20.8', '20.20.2', '22.18.0'])('on Node %s the remedy is a newer Node', (version) => {
  expect(undiciRemedy(version)).toBe(
    `this is Node ${version}, and the client needs Node 22.19 or newer; or pass transport.fetch`,
  )
})

test.each(['22.19.0', '24.0.0', '26.10.0'])('on Node %s the remedy is for bundles', (version) => {
  expect(undiciRemedy(version)).toMatch(/^mark undici as external, or give the bundle a require: /)
})

test('the oldest Node is that of the manifest', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly engines: { readonly node: string }
  }
  expect(manifest.engines.node).toBe('>=22.19')
})
