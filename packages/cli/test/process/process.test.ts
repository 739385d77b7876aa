/** The program as a process: streams, signals, the private file, and what other users see. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
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
  const { server, port } = await serve()

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

test('the mode of a directory that was there stays', async () => {
  const state = join(directory, 'shared')
  mkdirSync(state)
  chmodSync(state, 0o755)
  const { server } = await serve('--state', state)
  expect(statSync(state).mode & 0o777).toBe(0o755)
  expect(readdirSync(state).map((name) => statSync(join(state, name)).mode & 0o777)).toEqual([0o600])
  server.kill('SIGINT')
  await once(server, 'close')
})

test('no secret is written where others can put a file in its place', async () => {
  const state = join(directory, 'open')
  mkdirSync(state)
  chmodSync(state, 0o777)
  const { code, err } = await finish('serve', '--port', '0', '--state', state)
  expect(code).toBe(3)
  expect(err.replaceAll(/\s+/g, ' ')).toContain('other users own this directory or can write to it')
  expect(statSync(state).mode & 0o777).toBe(0o777)
  expect(readdirSync(state)).toEqual([])
})

/** Starts a server, and waits until it is ready. */
async function serve(...args: string[]) {
  const server = start('serve', '--port', '0', '--json', ...args)
  let out = ''
  server.stdout.setEncoding('utf8').on('data', (part: string) => (out += part))
  await expect.poll(() => out).toMatch(/\}\n$/)
  return { server, port: new URL((JSON.parse(out) as { url: string }).url).port }
}

function modesIn(path: string): Record<string, number> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, statSync(join(path, name)).mode & 0o777]))
}

test('a server leaves nothing but its tokens at SIGTERM, and its files are for its user alone', async () => {
  const state = join(directory, 'token-introspection')
  const { server, port } = await serve('--store', join(directory, 'tokens.sqlite'))
  expect((await finish('issue', '--port', port)).code).toBe(0)
  expect(modesIn(directory)).toMatchObject({
    'tokens.sqlite': 0o600,
    'tokens.sqlite-wal': 0o600,
    'tokens.sqlite-shm': 0o600,
  })
  server.kill('SIGTERM')
  expect(await once(server, 'close')).toEqual([0, null])
  expect(readdirSync(directory).toSorted()).toEqual(['token-introspection', 'tokens.sqlite'])
  expect(readdirSync(state)).toEqual([])
})

test.each(['', '-wal'])('no token is kept in a file%s to which others can write', async (end) => {
  const store = join(directory, 'tokens.sqlite')
  writeFileSync(store + end, '')
  chmodSync(store + end, 0o666)
  const { code, err } = await finish('serve', '--port', '0', '--store', store)
  expect(code).toBe(3)
  expect(err.replaceAll(/\s+/g, ' ')).toContain(`run: chmod go-w ${store}${end}`)
})

test.skipIf(process.getuid?.() !== 0)('no secret is written into a directory of somebody else', async () => {
  const state = join(directory, 'of-somebody')
  mkdirSync(state)
  chownSync(state, 12_345, 12_345)
  const { code, err } = await finish('serve', '--port', '0', '--state', state)
  expect(code).toBe(3)
  expect(err.replaceAll(/\s+/g, ' ')).toContain('other users own this directory or can write to it')
  expect(readdirSync(state)).toEqual([])
})

test('a port in use is named with the remedy, and the server that has it goes on', async () => {
  const { port } = await serve()
  const { code, err } = await finish('serve', '--port', port)
  expect(code).toBe(3)
  expect(err.replaceAll(/\s+/g, ' ')).toContain(`port ${port} of 127.0.0.1 is in use. Choose another one with --port`)
  expect((await finish('list', '--port', port)).code).toBe(0)
})

test('nothing is sent to a server whose file others can write or read', async () => {
  const file = join(directory, 'serve-9999.json')
  writeFileSync(file, JSON.stringify({ url: 'http://127.0.0.1:1', secret: 'made up' }))
  chmodSync(file, 0o644)
  const { code, err } = await finish('list', '--port', '9999', '--state', directory)
  expect(code).toBe(3)
  expect(err).toContain('others can read it')
})

test('a wrong command line ends with 2, on standard error', async () => {
  expect(await finish('srve')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('serve') as string })
})

test('doctor loads the module of --config as a program does', async () => {
  const module = join(directory, 'client.js')
  const client = pathToFileURL(join(import.meta.dirname, '../../../client/src/index.ts')).href
  writeFileSync(
    module,
    `import { clientSecretBasic } from '${client}'
export default { issuer: 'http://127.0.0.1:1', clientAuthentication: clientSecretBasic('api', 's3cr3t'), transport: { allowHttpOnLoopback: true } }`,
  )
  const { out, code } = await finish('doctor', '--config', module, '--json')
  expect(JSON.parse(out)).toMatchObject({ verdict: 'broken', fault: { name: 'refused', step: 'connection' } })
  expect(code).toBe(1)
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(BIN, '../../package.json'), 'utf8')) as { version: string }
  expect(await finish('--version')).toMatchObject({ code: 0, out: `${version}\n` })
})
