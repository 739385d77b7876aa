/** The program as a process: streams, signals, the private file, and what other users see. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'

const BIN = join(import.meta.dirname, '../../src/bin.ts')

let directory: string
let children: ChildProcessByStdio<Writable, Readable, Readable>[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cli-'))
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

function start(...args: string[]): ChildProcessByStdio<Writable, Readable, Readable> {
  const { NODE_OPTIONS: _, ...environment } = process.env
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...environment, XDG_STATE_HOME: directory },
  })
  children.push(child)
  return child
}

async function finish(...args: string[]) {
  const child = start(...args)
  child.stdin.end()
  const closed = once(child, 'close') as Promise<[number]>
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { out, err, code }
}

test('a server stops cleanly at Ctrl-C, and its secret is in a file of its user alone', async () => {
  const server = start('serve', '--port', '0', '--json')
  let out = ''
  server.stdout.setEncoding('utf8').on('data', (part: string) => (out += part))
  await expect.poll(() => out).toMatch(/\}\n$/)
  const { url } = JSON.parse(out) as { url: string }
  const { port } = new URL(url)

  const state = join(directory, 'token-introspection')
  const file = join(state, `serve-${port}.json`)
  expect(statSync(state).mode & 0o777).toBe(0o700)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const { secret } = JSON.parse(readFileSync(file, 'utf8')) as { secret: string }
  expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).not.toContain(secret)
  expect(readFileSync(`/proc/${server.pid}/environ`, 'utf8')).not.toContain(secret)

  const issued = await finish('issue', '--port', port)
  expect(issued.code).toBe(0)
  expect(issued.out).toMatch(/^[\w-]{43}\n$/)

  const err = text(server.stderr)
  server.kill('SIGINT')
  const [code] = (await once(server, 'close')) as [number]
  expect(code).toBe(0)
  expect(await err).toBe('Stopping.\n')
  expect(readdirSync(state)).toEqual([])
})

test('a wrong command line ends with 2, on standard error', async () => {
  expect(await finish('srve')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('serve') as string })
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(BIN, '../../package.json'), 'utf8')) as { version: string }
  expect(await finish('--version')).toMatchObject({ code: 0, out: `${version}\n` })
})
