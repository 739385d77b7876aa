import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findChromium } from './find-chromium.ts'
import { serveSite } from './serve-site.ts'

const directory = mkdtempSync(join(tmpdir(), 'site-'))
mkdirSync(join(directory, 'run'))
writeFileSync(join(directory, 'index.html'), 'first')
writeFileSync(join(directory, 'run/stores.html'), 'stores')
writeFileSync(join(directory, 'run/stores.md'), '# Stores')
writeFileSync(join(directory, 'chromium'), '')
afterAll(() => rmSync(directory, { recursive: true }))

test.each([
  ['/', 200, 'first', 'text/html; charset=utf-8'],
  ['/run/stores', 200, 'stores', 'text/html; charset=utf-8'],
  ['/run/stores.md', 200, '# Stores', 'text/markdown; charset=utf-8'],
  ['/run/gone', 404, '', null],
])('%s', async (path, status, body, type) => {
  await using site = await serveSite(directory)
  const response = await fetch(site.origin + path)
  expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([status, body, type])
})

test('finds Chromium on the search path', () => {
  expect(findChromium(`/nowhere:${directory}`)).toBe(join(directory, 'chromium'))
  expect(findChromium('/nowhere')).toBeUndefined()
})
