/** The programs of the pages about frameworks, as a reader copies them. Only its issuer and its port differ. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findFreePort } from '../../core/test/find-free-port.ts'
import {
  type AuthorizationServer,
  ORDERS_API,
  startAuthorizationServer,
} from '../../../docs/examples/src/demo/authorization-server.ts'
import { WebSocket } from 'ws'
import { readGuideExample } from '../src/markdown/guide-example.ts'
import { ROOT } from '../src/workspace/workspace.ts'

const directory = join(ROOT, 'packages/repository/.generated/framework-guides')
const children: ChildProcess[] = []
const servers: Server[] = []
let as: AuthorizationServer

beforeAll(async () => {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  vi.stubEnv('ORDERS_API_SECRET', ORDERS_API.secret)
  as = await startAuthorizationServer(0, () => undefined)
})

afterAll(async () => {
  children.forEach((child) => child.kill())
  servers.forEach((server) => server.close())
  await as.stop()
  vi.unstubAllEnvs()
})

/** Saves the program of a page, with an authorization server on this machine. @throws Error when it has another one. */
function saveProgram(page: string, title: string, port = 0): string {
  const issuer = "issuer: 'https://as.example.com',"
  const program = readGuideExample(`protect/${page}`, title)
  if (!program.includes(issuer)) throw new Error(`docs/protect/${page}: the first program has no ${issuer}`)
  const file = join(directory, `${page.replace('.md', '')}-${title.replaceAll(/\W+/g, '-')}.ts`)
  const here = `issuer: '${as.issuer}', transport: { allowHttpOnLoopback: true, deadlineMs: 60_000 },`
  writeFileSync(file, program.replace(issuer, here).replace(/\b3000\b/, `${port}`))
  return file
}

/** What a page answers to a request with this token. */
type Call = (authorization: string | undefined) => Promise<{ readonly status: number; readonly body: string }>

/** How often a program is started when another process has taken its port meanwhile. */
const STARTS = 5

/** Starts a program that listens, waits until it refuses a request without a token, and returns its port. */
async function start(page: string, title: string, statusAt: (port: number) => Promise<number>): Promise<number> {
  for (let left = STARTS; left > 0; left--) {
    const port = await findFreePort()
    const child = spawn(process.execPath, [saveProgram(page, title, port)], { stdio: 'inherit' })
    children.push(child)
    const isSettled = async (): Promise<boolean> =>
      child.exitCode !== null || (await statusAt(port).catch(() => 0)) === 401
    await expect.poll(isSettled).toBe(true)
    if (child.exitCode === null) return port
  }
  throw new Error(`docs/protect/${page}: the program ended ${STARTS} times`)
}

async function callAt(port: number, authorization?: string): ReturnType<Call> {
  const headers = new Headers(authorization === undefined ? {} : { authorization })
  const response = await fetch(`http://127.0.0.1:${port}/orders`, { headers })
  return { status: response.status, body: await response.text() }
}

/** Starts a program that serves HTTP. */
async function serve(page: string, title: string): Promise<Call> {
  const port = await start(page, title, async (tried) => (await callAt(tried)).status)
  return (authorization) => callAt(port, authorization)
}

/** Loads a program whose handlers the test calls. */
async function load(page: string, title: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(saveProgram(page, title))) as Record<string, unknown>
}

type Fetch = (request: Request) => Response | Promise<Response>

function byFetch(fetch: Fetch): Call {
  return async (authorization) => {
    const headers = new Headers(authorization === undefined ? {} : { authorization })
    const response = await fetch(new Request('https://orders.example.com/orders', { headers }))
    return { status: response.status, body: await response.text() }
  }
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Serves a route of the pages router of Next, which gives it the response of Node with methods of its own. */
async function byRoute(route: Route): Promise<Call> {
  const server = createServer((request, response) => {
    const json = (body: unknown): void => void response.end(JSON.stringify(body))
    void route(request, Object.assign(response, { json }))
  })
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (authorization) => callAt(port, authorization)
}

type Handler = (event: object, context: object) => Promise<{ statusCode: number; body: string }>

describe.each<[string, string, (page: string, title: string) => Promise<Call>]>([
  ['express.md', 'Guard an Express API', serve],
  ['fastify.md', 'Guard a Fastify API', serve],
  ['koa.md', 'Guard a Koa API', serve],
  ['node-http.md', 'Guard a server of `node:http`', serve],
  [
    'hono.md',
    'Guard a Hono API',
    async (page, title) => byFetch(((await load(page, title))['default'] as { fetch: Fetch }).fetch),
  ],
  ['next.md', 'Guard a Next API', async (page, title) => byFetch((await load(page, title))['GET'] as Fetch)],
  [
    'next.md',
    'Guard a route of the pages router',
    async (page, title) => byRoute((await load(page, title))['default'] as Route),
  ],
  [
    'nitro.md',
    'Guard a Nitro API',
    async (page, title) => {
      const handle = (await load(page, title))['default'] as (event: { readonly req: Request }) => Promise<Response>
      return byFetch((req) => handle({ req }))
    },
  ],
  [
    'web-request.md',
    'Guard a fetch handler: Bun, Deno, Workers, h3, SvelteKit',
    async (page, title) => byFetch(((await load(page, title))['default'] as { fetch: Fetch }).fetch),
  ],
  [
    'lambda.md',
    'Guard an AWS Lambda function',
    async (page, title) => {
      const handler = (await load(page, title))['handler'] as Handler
      return async (authorization) => {
        const headers = authorization === undefined ? {} : { authorization }
        const http = { method: 'GET', path: '/orders', sourceIp: '203.0.113.7' }
        const event = { version: '2.0', rawPath: '/orders', rawQueryString: '', headers, requestContext: { http } }
        const { statusCode, body } = await handler(event, {})
        return { status: statusCode, body }
      }
    },
  ],
])('docs/protect/%s, %s', (page, title, open) => {
  test('lets a good token pass, and no other', async () => {
    const call = await open(page, title)
    expect((await call(undefined)).status).toBe(401)
    const good = await call(`Bearer ${await as.issueToken({ scope: 'orders:read' })}`)
    expect([good.status, JSON.parse(good.body)]).toEqual([200, { orders: [], for: 'alice' }])
    const lacking = await call(`Bearer ${await as.issueToken({ scope: 'orders:list' })}`)
    const requiresScope = readGuideExample(`protect/${page}`, title).includes("scope: 'orders:read'")
    expect(lacking.status).toBe(requiresScope ? 403 : 200)
    const foreign = await call(`Bearer ${await as.issueToken({ aud: 'https://billing.example.com' })}`)
    expect(foreign).toEqual({ status: 401, body: '{"error":"invalid_token"}' })
  })
})

describe('docs/protect/long-lived-connections.md', () => {
  test('closes a WebSocket when its token is revoked, and opens none without a token', async () => {
    const refusedWith = async (port: number): Promise<number> => Number(await refusalOf(new WebSocket(urlOf(port))))
    const url = urlOf(await start('long-lived-connections.md', 'WebSockets', refusedWith))
    const token = await as.issueToken({ scope: 'orders:read' })
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
    const [message] = (await once(socket, 'message')) as [Buffer]
    expect(message.toString()).toBe('orders of alice')
    const closed = once(socket, 'close')
    await as.revokeToken(token)
    const [code, reason] = (await closed) as [number, Buffer]
    expect([code, reason.toString()]).toEqual([1008, 'inactive'])
  })
})

/** The status by which an upgrade is refused; `undefined` while nobody listens. */
function urlOf(port: number): string {
  return `ws://127.0.0.1:${port}`
}

async function refusalOf(socket: WebSocket): Promise<number | undefined> {
  const [, response] = await Promise.race([once(socket, 'unexpected-response'), once(socket, 'error').then(() => [])])
  socket.on('error', () => undefined).terminate()
  return (response as IncomingMessage | undefined)?.statusCode
}
