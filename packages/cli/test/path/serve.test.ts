/** The authorization server for development, and the commands that work on it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../../src/run.ts'
import { type Given, memorySurroundings, type MemorySurroundings } from '../memory-surroundings.ts'

const STATE = 'state'

interface Announcement {
  readonly issuer: string
  readonly url: string
  readonly metadata: string
  readonly introspection_endpoint: string
  readonly token_endpoint: string
  readonly revocation_endpoint: string
  readonly page?: string
  readonly protectedResources: readonly {
    readonly id: string
    readonly secret?: string
    readonly audiences: string[]
  }[]
  readonly clients: readonly { readonly id: string; readonly secret?: string }[]
}

interface Running {
  readonly announcement: Announcement
  readonly surroundings: MemorySurroundings
  readonly port: string
  readonly stop: () => Promise<number>
  /** Runs another command that shares the files of the server. */
  readonly command: (args: readonly string[], given?: Given) => Promise<{ code: number; out: string; err: string }>
}

const running: Running[] = []
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop()
})

async function serve(args: readonly string[] = [], given: Given = {}): Promise<Running> {
  const surroundings = memorySurroundings({ now: Date.now, ...given })
  const ended = run(['serve', '--port', '0', '--state', STATE, '--json', ...args], surroundings)
  await expect.poll(() => surroundings.out() + surroundings.err()).not.toBe('')
  expect(surroundings.err()).toBe('')
  const announcement = JSON.parse(surroundings.out()) as Announcement
  const { port } = new URL(announcement.url)
  const started: Running = {
    announcement,
    surroundings,
    port,
    async stop() {
      surroundings.interrupt()
      return await ended
    },
    async command([name = '', ...rest], more = {}) {
      const other = memorySurroundings({ now: Date.now, files: Object.fromEntries(surroundings.kept), ...more })
      const code = await run([name, '--port', port, '--state', STATE, ...rest], other)
      return { code, out: other.out(), err: other.err() }
    },
  }
  running.push(started)
  return started
}

function clientOf({ announcement }: Running): IntrospectionClient {
  const [resource] = announcement.protectedResources
  return new IntrospectionClient({
    issuer: announcement.issuer,
    clientAuthentication: clientSecretBasic(resource?.id ?? '', resource?.secret ?? ''),
    audience: resource?.audiences ?? [],
    transport: { allowHttpOnLoopback: true },
  })
}

/** What commands share with the server. */
function filesOf({ surroundings }: Running): Given {
  return { files: Object.fromEntries(surroundings.kept) }
}

function basic({ id, secret = '' }: { readonly id: string; readonly secret?: string }): Record<string, string> {
  return { authorization: `Basic ${btoa(`${id}:${secret}`)}` }
}

function post(url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })
}

describe('serve', () => {
  test('answers a client that knows its issuer, and a revocation counts at once', async () => {
    const as = await serve()
    const client = clientOf(as)
    const { out } = await as.command(['issue', '--sub', 'bob', '--scope', 'orders:read'])
    const token = out.trim()
    expect(await client.introspect(token)).toMatchObject({ active: true, sub: 'bob', scope: 'orders:read' })
    expect(await as.command(['revoke', '--sub', 'bob'])).toMatchObject({ code: 0, out: 'Revoked 1 token.\n' })
    expect(await client.introspect(token)).toMatchObject({ active: false })
    await client.close()
  })

  test('publishes its endpoints and the methods that work there', async () => {
    const as = await serve()
    const metadata: unknown = await (await fetch(as.announcement.metadata)).json()
    expect(metadata).toMatchObject({
      issuer: as.announcement.issuer,
      introspection_endpoint: as.announcement.introspection_endpoint,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      grant_types_supported: ['client_credentials', 'refresh_token'],
    })
    expect((await fetch(as.announcement.metadata, { method: 'POST' })).status).toBe(405)
  })

  test('dates its answers by the clock that dates its tokens', async () => {
    const as = await serve()
    const answer = await fetch(as.announcement.metadata)
    expect(answer.headers.get('date')).toBe(new Date(as.surroundings.now()).toUTCString())
  })

  test('serves an issuer with a path', async () => {
    const as = await serve(['--issuer', 'https://as.example.com/tenant'])
    expect(as.announcement.metadata).toBe('https://as.example.com/.well-known/oauth-authorization-server/tenant')
    const local = await fetch(`${as.announcement.url}/.well-known/oauth-authorization-server/tenant`)
    expect(local.status).toBe(200)
    expect(
      (
        await fetch(`${as.announcement.url}/tenant/introspect`, {
          method: 'POST',
          body: new URLSearchParams({ token: 'x' }),
        })
      ).status,
    ).toBe(401)
  })

  test.each(['http://127.0.0.1:9/admin', 'https://as.example.com/admin/'])(
    'refuses the issuer %s, whose endpoints would be those of its commands',
    async (issuer) => {
      const surroundings = memorySurroundings()
      expect(await run(['serve', '--port', '0', '--issuer', issuer], surroundings)).toBe(2)
      expect(surroundings.err().replaceAll(/\s+/g, ' ')).toContain('the path /admin belongs to the commands')
    },
  )

  test.each([
    ['no secret', {}],
    ['a wrong secret', { authorization: 'Bearer guessed' }],
    ['the secret of a client', 'client'],
  ])('does nothing for its commands by %s', async (_, headers) => {
    const as = await serve()
    const [client = { id: '' }] = as.announcement.clients
    for (const operation of ['issue', 'list', 'revoke']) {
      const answer = await fetch(`${as.announcement.url}/admin/${operation}`, {
        method: 'POST',
        body: '{}',
        headers: {
          'content-type': 'application/json',
          ...(headers === 'client' ? basic(client) : (headers as object)),
        },
      })
      expect([answer.status, await answer.json()]).toEqual([401, { error: 'secret' }])
    }
    expect((await as.command(['list'])).out).toBe('There are no live tokens.\n')
  })

  test('keeps its secrets in a private file, and removes it at the end', async () => {
    const as = await serve()
    const path = join(STATE, `serve-${as.port}.json`)
    expect([...as.surroundings.privatePaths]).toEqual([path])
    expect(JSON.parse(as.surroundings.kept.get(path) ?? '')).toEqual({
      url: as.announcement.url,
      secret: expect.stringMatching(/^[\w-]{43}$/) as string,
    })
    expect(await as.stop()).toBe(0)
    expect(as.surroundings.kept.has(path)).toBe(false)
    await expect(fetch(as.announcement.url)).rejects.toThrow()
  })

  test('closes although a follower of the revocation feed waits', async () => {
    const as = await serve()
    const [resource] = as.announcement.protectedResources
    const stream = await fetch(`${as.announcement.url}/revocations?after=`, {
      headers: { ...basic(resource ?? { id: '' }), accept: 'text/event-stream' },
    })
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    expect(await as.stop()).toBe(0)
    await stream.text()
  })

  test('prints no secret of a configuration file', async () => {
    const config = JSON.stringify({
      protectedResources: [{ id: 'api', secret: 'secret-of-api', audiences: ['a'] }],
      clients: [{ id: 'web', secret: 'secret-of-web', scope: 'read' }],
    })
    const as = await serve(['--config', 'as.json'], { files: { 'as.json': config } })
    expect(as.surroundings.out()).not.toContain('secret-of')
    const answer = await post(as.announcement.token_endpoint, {
      grant_type: 'client_credentials',
      client_id: 'web',
      client_secret: 'secret-of-web',
    })
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', scope: 'read', expires_in: 3600 })
  })

  test.each([
    ['a file that is not JSON', 'secret!', 'is not JSON'],
    ['a misspelt member', '{"clients":[],"resources":[]}', 'resources: unknown option'],
  ])('refuses %s', async (_, text, message) => {
    const surroundings = memorySurroundings({ files: { 'as.json': text } })
    expect(await run(['serve', '--config', 'as.json'], surroundings)).toBe(2)
    expect(surroundings.err()).toContain(message)
    expect(surroundings.err()).not.toContain('secret!')
  })

  test('says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await expect.poll(() => other.address()).not.toBeNull()
    const { port } = other.address() as AddressInfo
    const surroundings = memorySurroundings()
    expect(await run(['serve', '--port', String(port)], surroundings)).toBe(3)
    expect(surroundings.err()).toMatch(new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use`))
    other.close()
  })

  test('answers no request for another host, so that no page of the internet can read it', async () => {
    const as = await serve(['--page'])
    const { request } = await import('node:http')
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(as.announcement.url, { headers: { host: 'evil.example.com' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(421)
  })

  test('has a page only with --page', async () => {
    const without = await serve()
    expect((await fetch(`${without.announcement.url}/`)).status).toBe(404)
    const as = await serve(['--page'])
    const { out } = await as.command(['issue', '--sub', 'carol'])
    const page = await fetch(as.announcement.page ?? '')
    const text = await page.text()
    expect(text).toContain('carol')
    expect(text).not.toContain(out.trim())
  })
})

describe('serve with a SQLite file', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'serve-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  test('keeps tokens when it is started again', async () => {
    const store = join(directory, 'tokens.sqlite')
    const first = await serve(['--store', store])
    await first.command(['issue', '--sub', 'dave'])
    expect(await first.stop()).toBe(0)
    const second = await serve(['--store', store])
    expect((await second.command(['list'])).out).toContain('dave')
  })

  test('says why a file cannot be opened', async () => {
    const surroundings = memorySurroundings()
    expect(await run(['serve', '--port', '0', '--store', join(directory, 'no/such/file')], surroundings)).toBe(3)
    expect(surroundings.err()).toContain('--store')
  })
})

describe('the token endpoint', () => {
  test.each([
    ['a wrong secret', { grant_type: 'client_credentials' }, 'wrong', 401, 'invalid_client'],
    ['no grant', {}, undefined, 400, 'invalid_request'],
    ['another grant', { grant_type: 'password' }, undefined, 400, 'unsupported_grant_type'],
    ['too much scope', { grant_type: 'client_credentials', scope: 'admin' }, undefined, 400, 'invalid_scope'],
    ['another audience', { grant_type: 'client_credentials', resource: 'https://x' }, undefined, 400, 'invalid_target'],
    ['no refresh token', { grant_type: 'refresh_token' }, undefined, 400, 'invalid_request'],
    ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, undefined, 400, 'invalid_grant'],
  ])('refuses %s', async (_, form, secret, status, error) => {
    const as = await serve()
    const [client = { id: '' }] = as.announcement.clients
    const headers = basic(secret === undefined ? client : { ...client, secret })
    const answer = await post(as.announcement.token_endpoint, form, headers)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({ error })
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test('exchanges a refresh token once, and its second use ends the grant', async () => {
    const as = await serve()
    const [client = { id: '' }] = as.announcement.clients
    const issued = await as.command(['issue', '--refresh-expires-in', '600', '--json'])
    const { refresh_token = '' } = JSON.parse(issued.out) as { refresh_token?: string }
    const refresh = () =>
      post(as.announcement.token_endpoint, { grant_type: 'refresh_token', refresh_token }, basic(client))
    expect((await refresh()).status).toBe(200)
    expect((await refresh()).status).toBe(400)
    expect((await as.command(['list'])).out).toBe('There are no live tokens.\n')
  })

  test('refuses a body that is no form, one that is too large, and another method', async () => {
    const as = await serve()
    const url = as.announcement.token_endpoint
    const [client = { id: '' }] = as.announcement.clients
    expect((await fetch(url)).status).toBe(405)
    expect(
      (await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
    ).toBe(400)
    expect((await post(url, { grant_type: 'x'.repeat(70_000) }, basic(client))).status).toBe(400)
  })
})

describe('issue, list and revoke', () => {
  test('print the token alone on standard output, and what it is on standard error', async () => {
    const as = await serve()
    const { out, err, code } = await as.command([
      'issue',
      '--sub',
      'bob',
      '--audience',
      'a',
      'b',
      '--expires-in',
      '2592000',
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/^[\w-]{43}\n$/)
    expect(err).toBe('for bob, issued to web, for a b, without scope, expires in 30 days\n')
  })

  test.each([
    [60, /^\S{12}\n {2}kind {5}access\n {2}client {3}web\n {2}subject {2}somebody-with-a-long-name@example\.com\n/],
    [120, /^id .* scope\n\S{12} {2}access {2}web .* orders:read orders:write\n$/],
  ])('fit a terminal of %d columns', async (columns, shape) => {
    const as = await serve()
    const given = { columns, environment: { NO_COLOR: '1' } }
    const args = ['issue', '--sub', 'somebody-with-a-long-name@example.com', '--scope', 'orders:read orders:write']
    const [issued, listed] = [
      await as.command(args, { ...filesOf(as), ...given }),
      await as.command(['list'], { ...filesOf(as), ...given }),
    ]
    expect(listed.out).toMatch(shape)
    expect((issued.err + listed.out).split('\n').filter((line) => line.length > columns)).toEqual([])
  })

  test('list tokens by identifiers that revoke takes', async () => {
    const as = await serve()
    const issued = await as.command(['issue', '--sub', 'bob'])
    await as.command(['issue', '--sub', 'eve'])
    const { out } = await as.command(['list'])
    expect(out).not.toContain(issued.out.trim())
    const [, id = ''] = /^(\S{12}) +access +web +bob/m.exec(out) ?? []
    expect(await as.command(['revoke', id])).toMatchObject({ code: 0, out: 'Revoked 1 token.\n' })
    expect(await as.command(['revoke', id])).toMatchObject({ code: 1 })
    expect((await as.command(['list'])).out).toMatch(/eve/)
    expect((await as.command(['list'])).out).not.toMatch(/bob/)
  })

  test.each([
    ['a client', ['--client-id', 'web']],
    ['a token from standard input', ['--token-file', '-']],
  ])('revoke everything of %s', async (_, args) => {
    const as = await serve()
    const { out } = await as.command(['issue'])
    expect(await as.command(['revoke', ...args], { stdin: out })).toMatchObject({ code: 0, out: 'Revoked 1 token.\n' })
    expect((await as.command(['list', '--json'])).out).toContain('"tokens": []')
  })

  test('revoke a grant with its refresh token', async () => {
    const as = await serve()
    const { out } = await as.command(['issue', '--refresh-expires-in', '60', '--json'])
    const { token } = JSON.parse(out) as { token: { grantId: string } }
    expect(await as.command(['revoke', '--grant', token.grantId])).toMatchObject({ out: 'Revoked 2 tokens.\n' })
  })

  test.each([
    ['an unknown client', ['issue', '--client-id', 'nobody'], 'the server has no such client; it has web'],
    ['a wrong scope', ['issue', '--scope', 'a  b'], 'scope'],
  ])('say why the server refuses %s', async (_, args, message) => {
    const as = await serve()
    const { code, err } = await as.command(args)
    expect(code).toBe(3)
    expect(err.replaceAll(/\s+/g, ' ')).toContain(message)
  })

  test('need the secret of the server', async () => {
    const as = await serve()
    const path = join(STATE, `serve-${as.port}.json`)
    const files = { [path]: JSON.stringify({ url: as.announcement.url, secret: 'guessed' }) }
    const { code, err } = await as.command(['list'], { files })
    expect(code).toBe(3)
    expect(err).toContain('does not know our')
    expect(err).not.toContain('guessed')
    const answer = await fetch(`${as.announcement.url}/admin/list`, { method: 'POST' })
    expect(answer.status).toBe(401)
  })

  test('say when the server has gone', async () => {
    const as = await serve()
    const files = Object.fromEntries(as.surroundings.kept)
    await as.stop()
    const { code, err } = await as.command(['list'], { files })
    expect(code).toBe(3)
    expect(err).toContain('does not answer')
  })
})
