import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readCodeBlocks } from '../../../packages/repository/src/markdown/code-blocks.ts'
import { findProgram, reportMissing } from '../../../packages/server/test/databases/server-process.ts'
import { runProgram } from './run-program.ts'

const nginx = findProgram('nginx')
if (nginx === undefined) reportMissing('the example of a gateway in nginx', 'nginx')

describe.skipIf(nginx === undefined)('the gateway in nginx', () => {
  test('asks about each request, and lets no other request through', async () => {
    expect(await runProgram('nginx-gateway/main.ts', { comparisons: 9 })).not.toContain('api-secret')
  })
})

test('the page about gateways has the configuration of the example', () => {
  const page = readFileSync(new URL('../../protect/gateways.md', import.meta.url), 'utf8')
  const configuration = readFileSync(new URL('../src/nginx-gateway/orders.conf', import.meta.url), 'utf8')
  const [first] = readCodeBlocks(page).filter(({ language }) => language === 'nginx')
  expect(first?.text.trimEnd()).toBe(configuration.trimEnd())
})
