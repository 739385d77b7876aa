/** The compiler accepts a wrong argument where the parameter is `unknown`. So the examples of these pages run, too. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../../core/test/find-free-port.ts'
import { readCodeBlocks } from '../src/markdown/code-blocks.ts'
import { startProcess } from '../src/mount-check/started-process.ts'

/** Pages whose examples need no server, with the output of all their examples. */
const PAGES = [
  ['packages/core/README.md', '1764003600\n'],
  ['packages/client/README.md', ''],
] as const

describe('the examples of a page run', () => {
  test.each(PAGES)('%s', (path, output) => {
    const examples = examplesOf(path)
    expect(examples.map((program) => run(program)).join('')).toBe(output)
    expect(examples).not.toEqual([])
  })
})

test('the two programs of the README answer as it says', async () => {
  const [api = '', authorizationServer = '', ...others] = examplesOf('README.md')
  expect(others).toEqual([])
  const asPort = await findFreePort()
  const apiPort = await findFreePort()
  await start(authorizationServer.replaceAll('9000', String(asPort)), asPort)
  // The first request loads much, which can take longer than the deadline on a busy machine.
  const patientApi = api.replace('allowHttpOnLoopback: true', 'allowHttpOnLoopback: true, deadlineMs: 30_000')
  await start(patientApi.replaceAll('9000', String(asPort)).replace('3000', String(apiPort)), apiPort)

  const [, token = ''] = /-H 'authorization: Bearer (\S+)'/.exec(readFileSync('README.md', 'utf8')) ?? []
  const ask = (authorization: string) => fetch(`http://localhost:${apiPort}/orders`, { headers: { authorization } })
  const answer = await ask(`Bearer ${token}`)
  expect([answer.status, await answer.json()]).toEqual([200, { orders: [], for: 'alice' }])
  const refusal = await ask('Bearer another')
  expect([refusal.status, refusal.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('invalid_token'),
  ])
})

/** The TypeScript examples of a page. */
function examplesOf(path: string): string[] {
  return readCodeBlocks(readFileSync(path, 'utf8'))
    .filter(({ language }) => language === 'ts')
    .map(({ text }) => text)
}

/** Runs a program until the test ends. */
async function start(program: string, port: number): Promise<void> {
  const started = await startProcess(process.execPath, evaluate(program), import.meta.dirname, port, {})
  onTestFinished(() => started.stop())
}

/** Runs a program, and returns what it prints. */
function run(program: string): string {
  return execFileSync(process.execPath, evaluate(program), {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, ORDERS_API_SECRET: 's3cr3t' },
  })
}

/** The arguments of Node that run a program. */
function evaluate(program: string): string[] {
  return ['--input-type=module-typescript', '--eval', program]
}
