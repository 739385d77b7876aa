/** The quick start of the guide to revocations, as a reader copies it. Only its ports differ. */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { findFreePort } from '../../../packages/core/test/find-free-port.ts'
import { readCodeBlocks } from '../../../packages/repository/src/markdown/code-blocks.ts'
import { findProgram } from '../../../packages/server/test/databases/server-process.ts'

const guide = readFileSync(new URL('../../protect/revocations.md', import.meta.url), 'utf8')
const blocks = readCodeBlocks(guide)
const program = (name: string): string =>
  blocks.find(({ language, text }) => language === 'ts' && text.startsWith(`// ${name}\n`))?.text.trimEnd() ?? ''

test.each(['authorization-server.ts', 'api.ts'])('the guide has the text of %s', (name) => {
  const source = readFileSync(new URL(`../src/revocations/quick-start/${name}`, import.meta.url), 'utf8')
  expect(program(name)).toBe(source.trimEnd())
})

const processes: ChildProcessWithoutNullStreams[] = []
afterAll(() => processes.forEach((child) => child.kill()))

test.skipIf(findProgram('curl') === undefined)('both APIs refuse the token right after its revocation', async () => {
  const [as, orders, invoices] = [await findFreePort(), await findFreePort(), await findFreePort()]
  const ports = new Map([8080, 3001, 3002].map((port, index) => [`${port}`, `${[as, orders, invoices][index]}`]))
  const withPorts = (text: string): string =>
    text.replaceAll(/\b(8080|3001|3002)\b/g, (port) => ports.get(port) ?? port)
  const start = (name: string, ...args: string[]): ChildProcessWithoutNullStreams => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-', ...args], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    })
    child.stdin.end(withPorts(program(name)))
    processes.push(child)
    return child
  }

  const [printed] = (await once(start('authorization-server.ts').stdout, 'data')) as [Buffer]
  start('api.ts', 'orders', `${orders}`)
  start('api.ts', 'invoices', `${invoices}`)
  for (const port of [orders, invoices]) await expect.poll(() => answers(port)).toBe(true)

  const commands = withPorts(blocks.find(({ language }) => language === 'sh')?.text ?? '')
  const script = `${printed.toString()}\n${commands.replaceAll('curl ', "curl -s -w '%{http_code}\\n' ")}`
  const { stdout } = await promisify(execFile)('sh', ['-c', script])
  const bound: unknown = expect.stringMatching(/: a revocation is noticed within [\d.]+ s$/)
  const refused = '{"error":"invalid_token"}401'
  expect(stdout.trimEnd().split('\n')).toEqual([bound, '200', bound, '200', '200', refused, refused])
})

async function answers(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}`).then(
    (response) => response.status === 401,
    () => false,
  )
}
