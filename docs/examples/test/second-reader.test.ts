/** Runs the reader of the revocation feed in Python. It was written from docs/revocation-feed.md alone. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createMemoryTokenStore, createRevocationFeedHandler } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const READER = join(import.meta.dirname, '../src/second-reader/revocation_feed.py')
const VECTORS = join(import.meta.dirname, '../../../packages/testing/src/vectors/revocation-feed.json')
/** With characters that RFC 6749 §2.3.1 has encoded before they go into Basic. */
const SECRET = 's: %+é🔑'

const isInstalled = spawnSync('python3', ['--version']).status === 0
if (!isInstalled) {
  const notice = 'the second reader of the revocation feed did not run: install python3'
  if (process.env['CI_REQUIRE_RUNTIMES'] === '1') throw new Error(notice)
  console.warn(notice)
}

describe.skipIf(!isInstalled)('the second reader', () => {
  const store = createMemoryTokenStore({ revocationLog: true })
  const feed = createRevocationFeedHandler({
    store,
    clientAuthentication: { protectedResources: [{ id: 'orders api', clientSecrets: [SECRET] }] },
  })
  let server: Server
  let url: string
  const running = new Set<ChildProcess>()

  beforeAll(async () => {
    server = createServer(toNodeHandler(feed)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/revocations`
  })
  afterEach(() => {
    for (const child of running) child.kill()
  })
  afterAll(async () => {
    feed.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  /** Starts the reader. `next` gives what it prints, object by object. */
  function follow(args: readonly string[], secret = SECRET) {
    const child = spawn('python3', [READER, 'follow', url, '--id', 'orders api', ...args], {
      env: { ...process.env, FEED_SECRET: secret },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    let complaints = ''
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const closed = once(child, 'close').finally(() => running.delete(child))
    return {
      async next(): Promise<unknown> {
        const line = await lines.next()
        return line.done === true ? undefined : JSON.parse(line.value)
      },
      async end(): Promise<{ status: unknown; complaints: string }> {
        const [status] = (await closed) as [unknown]
        return { status, complaints }
      },
    }
  }

  test('passes every vector', () => {
    const { stdout, stderr, status } = spawnSync('python3', [READER, 'vectors', VECTORS], { encoding: 'utf8' })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    for (const list of ['digests', 'keys', 'pages', 'streams', 'histories']) {
      expect(stdout).toMatch(new RegExp(`^${list}: (\\d+) of \\1$`, 'm'))
    }
  })

  test.each(['page', 'wait', 'stream'])('follows a live feed by %s', async (by) => {
    const reader = follow(['--by', by, '--events', '3'])
    const { position } = (await reader.next()) as { position: string }
    await store.revokeSession(`session of ${by}`)
    const first = await reader.next()
    expect(first).toMatchObject({
      previous: position,
      kind: 'session',
      cut: null,
      key: await store.revocations?.keyOf('session', `session of ${by}`),
    })
    await store.revokeSubject(`user of ${by} 李`, 1_764_480_000)
    await store.revokeGrant(`grant of ${by}`)
    const second = (await reader.next()) as { position: string; previous: string }
    expect(second).toMatchObject({
      previous: (first as { position: string }).position,
      kind: 'subject',
      cut: 1_764_480_000,
      key: await store.revocations?.keyOf('subject', `user of ${by} 李`),
    })
    expect(await reader.next()).toMatchObject({ previous: second.position, kind: 'grant' })
    expect(await reader.end()).toEqual({ status: 0, complaints: '' })
  })

  test.each(['page', 'wait', 'stream'])('hears of a gap by %s', async (by) => {
    const reader = follow(['--by', by, '--after', '7.dW5rbm93bg'])
    expect(await reader.next()).toEqual({ gap: true, position: expect.any(String) as string })
    expect(await reader.end()).toEqual({ status: 0, complaints: '' })
  })

  test('is refused with wrong credentials', async () => {
    const reader = follow([], 'wrong')
    expect(await reader.end()).toEqual({ status: 1, complaints: 'the feed answers 401\n' })
  })
})
