/** Starts the hostile authorization server: on loopback, over real connections, one way to answer per token. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { OptionGroup } from '@token-introspection/core/options'
import { goodAnswer, type HostileExchange, type ReceivedRequest } from './hostile-exchange.ts'
import type { HostileScenario } from './hostile-scenario.ts'
import { hostileScenarios } from './hostile-scenarios.ts'
import { publishedKeys } from './signing.ts'

/** Options of {@link startHostileAuthorizationServer}. */
export interface HostileAuthorizationServerOptions {
  /** The audience of good answers. Default `https://api.example.com`. */
  readonly audience?: string | undefined
  /** The scope of good answers. Default `orders:read`. */
  readonly scope?: string | undefined
  /** The issuer that good answers name. Default the server's own, `HostileAuthorizationServer.issuer`. */
  readonly issuer?: string | undefined
  /** Key and certificate for 127.0.0.1 as PEM, to be served over HTTPS. Default none: HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined
  /** Milliseconds since the epoch, by which answers are dated. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** A request, and the scenario that it is about. */
export interface HostileRequest extends ReceivedRequest {
  /** The name of the scenario; `undefined` for the server's own metadata, keys and tokens that nobody knows. */
  readonly scenario: string | undefined
}

/** What {@link startHostileAuthorizationServer} starts. */
export interface HostileAuthorizationServer extends AsyncDisposable {
  /** Its issuer identifier, which is also its origin. */
  readonly issuer: string
  /** The introspection endpoint. */
  readonly endpoint: string
  /** Every way it answers, each with the token that asks for it. */
  readonly scenarios: readonly HostileScenario[]
  /** What it was asked, the oldest first. */
  readonly requests: readonly HostileRequest[]
  /**
   * What came to another origin, where redirects and metadata lead to and where every answer is `active`. A client that
   * keeps to the one it was told leaves this empty.
   */
  readonly strayRequests: readonly HostileRequest[]
  /** The issuer to discover for a scenario that asks by `metadata`; the server's own for every other. */
  issuerOf(scenario: HostileScenario): string
  /** How many connections are open, those to the other origin included. */
  connections(): Promise<number>
  /** Forgets the requests, so that a long run does not pile them up. */
  clear(): void
  /** Breaks off every connection and stops. */
  close(): Promise<void>
}

/**
 * Starts an authorization server that lies, stalls and breaks off: a real HTTP server on 127.0.0.1 that any client of any
 * library can be pointed at. What it answers depends on nothing but the token that is asked about.
 *
 * It takes any credentials. A token that names no scenario is inactive. Only scenarios whose `expected` is `accept` may
 * let a request pass; give each of the others a deadline, for some of them never end.
 *
 * @returns the server, listening.
 * @throws TypeError for an option that does not exist or has the wrong type, and the errors of Node when no port can be had
 * or the certificate is none.
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { startHostileAuthorizationServer } from '@token-introspection/testing/hostile'
 *
 * const as = await startHostileAuthorizationServer()
 * const introspection = new IntrospectionClient({
 *   issuer: as.issuer,
 *   endpoint: as.endpoint,
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   policy: { audience: 'https://api.example.com' },
 *   transport: { allowHttpOnLoopback: true, deadlineMs: 250 },
 * })
 * const guard = introspection.guard({ scope: 'orders:read' })
 *
 * for (const { name, token, asks, expected } of as.scenarios) {
 *   if (asks !== 'json') continue
 *   const headers = { authorization: `Bearer ${token}` }
 *   const decision = await guard(new Request('https://api.example.com/orders', { headers }))
 *   console.assert(decision.allowed === (expected === 'accept'), name)
 * }
 * await as.close()
 * ```
 */
export async function startHostileAuthorizationServer(
  options: HostileAuthorizationServerOptions = {},
): Promise<HostileAuthorizationServer> {
  const { audience, scope, issuer: ownIssuer, tls, now } = resolve(options)
  const byToken = new Map(hostileScenarios.map((scenario) => [scenario.token, scenario]))
  const byPath = new Map(
    hostileScenarios
      .filter(({ asks }) => asks === 'metadata')
      .map((scenario) => [metadataPath(issuerPath(scenario)), scenario]),
  )
  const requests: HostileRequest[] = []
  const strayRequests: HostileRequest[] = []

  const other = await listen(async (incoming, response) => {
    const { socket } = incoming
    const request = await readRequest(incoming)
    if (request === undefined) return
    const name = request.url.split('/', 2)[1]
    strayRequests.push({ ...request, scenario: name })
    const scenario = hostileScenarios.find((candidate) => candidate.name === name)
    const issuer = scenario?.asks === 'metadata' ? issuerOf(scenario) : surroundings().issuer
    const elsewhere = `${other.origin}/${name}`
    const exchange = { ...surroundings(), issuer, elsewhere, request, response, socket, token: '' }
    // It is an answer, and metadata as well.
    sendJson(exchange, { ...goodAnswer(exchange), issuer, introspection_endpoint: `${elsewhere}/introspect` })
  }, undefined)
  const server = await listen(async (incoming, response) => {
    const { socket } = incoming
    const request = await readRequest(incoming)
    if (request === undefined) return
    const [pathname = ''] = request.url.split('?', 1)
    const token = new URLSearchParams(request.body).get('token') ?? ''
    const scenario = pathname === '/introspect' ? byToken.get(token) : byPath.get(pathname)
    requests.push({ ...request, scenario: scenario?.name })
    const elsewhere = `${other.origin}/${scenario?.name}`
    await answerTo(pathname, scenario, { ...surroundings(), elsewhere, request, response, socket, token })
  }, tls)

  function issuerOf(scenario: HostileScenario): string {
    return `${server.origin}${issuerPath(scenario)}`
  }

  function surroundings() {
    return {
      issuer: ownIssuer ?? server.origin,
      audience,
      scope,
      now: Math.floor(now() / 1000),
    }
  }

  function answerTo(pathname: string, scenario: HostileScenario | undefined, exchange: HostileExchange): unknown {
    if (pathname === '/jwks') return sendJson(exchange, publishedKeys())
    if (pathname === metadataPath('')) {
      const { origin: issuer } = server
      return sendJson(exchange, { issuer, introspection_endpoint: `${issuer}/introspect`, jwks_uri: `${issuer}/jwks` })
    }
    if (scenario?.asks === 'metadata') {
      const issuer = issuerOf(scenario)
      return pathname === '/introspect'
        ? sendJson(exchange, goodAnswer({ ...exchange, issuer }))
        : scenario.answer({ ...exchange, issuer })
    }
    if (scenario !== undefined) return scenario.answer(exchange)
    if (pathname === '/introspect') return sendJson(exchange, { active: false })
    if (pathname === '/moved') return sendJson(exchange, goodAnswer(exchange))
    return exchange.response.writeHead(404).end()
  }

  async function close(): Promise<void> {
    await Promise.all([server.close(), other.close()])
  }

  return {
    issuer: server.origin,
    endpoint: `${server.origin}/introspect`,
    scenarios: hostileScenarios,
    requests,
    strayRequests,
    issuerOf,
    connections: async () => (await server.connections()) + (await other.connections()),
    clear() {
      requests.length = 0
      strayRequests.length = 0
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function resolve(options: HostileAuthorizationServerOptions) {
  const group = new OptionGroup('', options, ['audience', 'scope', 'issuer', 'tls', 'now'])
  const tls = new OptionGroup('tls', group.raw('tls'), ['key', 'cert'])
  const [key, cert] = [tls.string('key'), tls.string('cert')]
  if ((key === undefined) !== (cert === undefined)) throw group.error('tls', 'needs both key and cert')
  return {
    audience: group.string('audience') ?? 'https://api.example.com',
    scope: group.string('scope') ?? 'orders:read',
    issuer: group.string('issuer'),
    tls: key === undefined || cert === undefined ? undefined : { key, cert },
    now: group.function<() => number>('now') ?? Date.now,
  }
}

function issuerPath({ asks, name }: HostileScenario): string {
  return asks === 'metadata' ? `/issuers/${name}` : ''
}

/** Where the metadata of an issuer is (RFC 8414 §3.1). */
function metadataPath(path: string): string {
  return `/.well-known/oauth-authorization-server${path}`
}

function sendJson({ response }: HostileExchange, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

interface Listening {
  readonly origin: string
  connections(): Promise<number>
  close(): Promise<void>
}

async function listen(
  answer: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
  tls: { readonly key: string; readonly cert: string } | undefined,
): Promise<Listening> {
  const listener: RequestListener = (incoming, response) => void answer(incoming, response)
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', ignore).once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', ignore).on('clientError', (_, socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    connections: () => Promise.resolve(sockets.size),
    async close() {
      const closed = [once(server, 'close'), ...Array.from(sockets, (socket) => once(socket, 'close'))]
      server.close()
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
    },
  }
}

/** The whole request, unless it breaks off. */
async function readRequest(incoming: IncomingMessage): Promise<ReceivedRequest | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  const { method = '', url = '', headersDistinct } = incoming
  const headers = Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values ?? []]))
  return { method, url, headers, body: Buffer.concat(chunks).toString('utf8') }
}

/** Whoever goes away in the middle of an answer is what some of the answers are for. */
function ignore(): void {}
