import { exec } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { startApi } from '../src/demo/api.ts'
import { startAuthorizationServer } from '../src/demo/authorization-server.ts'
import { beatCache } from '../src/demo/beat-cache.ts'
import type { Exchange } from '../src/demo/record-exchange.ts'
import { createSteps, type Step } from '../src/demo/steps.ts'
import { walk } from '../src/demo/walk.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: { demo: string } }
const run = promisify(exec)

describe('demo', () => {
  test('takes every step, exits 0, and prints nothing else', async () => {
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`
    const { stdout, stderr } = await run(scripts.demo, { cwd: root, env: { ...process.env, PATH } })
    expect(stderr).toBe('')
    expect(stdout).toContain('10 of 10 steps as expected')
    expect(stdout).not.toContain('✘')
    expect(stdout).not.toContain('api-secret')
    expect(stdout).toContain('1000 calls with the token, 2 introspection requests')
    for (const name of ['orders', 'invoices']) {
      expect(stdout).toMatch(new RegExp(`${name}-api refused the token [\\d.]+ ms after its revocation`))
    }
  })

  test('counts a step with an unexpected result as failed', async () => {
    const introspections: Exchange[] = []
    const as = await startAuthorizationServer(0, (exchange) => introspections.push(exchange))
    const api = await startApi(0, as.issuer)
    const good = createSteps()[0] as Step
    const wrong: Step = { ...good, expected: { status: 401 } }
    const printed: string[] = []
    const failed = await walk([wrong], { as, api, introspections, print: (text) => printed.push(text) })
    await api.stop()
    await as.stop()
    expect(failed).toBe(1)
    expect(printed.join('\n')).toContain('status 200 instead of 401')
  })

  test('counts the last step as failed when an API never refuses the token', async () => {
    const introspections: Exchange[] = []
    const as = await startAuthorizationServer(0, (exchange) => introspections.push(exchange))
    const patience = new AbortController()
    const revokesNothing = { ...as, revokeToken: async () => patience.abort() }
    const differences = await beatCache({
      as: revokesNothing,
      introspections,
      print: () => undefined,
      signal: patience.signal,
    })
    await as.stop()
    expect(differences).toEqual([
      'orders-api did not refuse the token',
      'invoices-api did not refuse the token',
      '0 introspection requests after the revocation instead of 2',
    ])
  })
})
