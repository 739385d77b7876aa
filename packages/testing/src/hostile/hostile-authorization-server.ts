/** Starts the hostile authorization server. It listens on loopback, and the token chooses how it answers. */
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
  /** The audience in good answers. Default `https://api.example.com`. */
  readonly audience?: string | undefined
  /** The scope in good answers. Default `orders:read`. */
  readonly scope?: string | undefined
  /** The issuer in good answers. Default: the server's own, `HostileAuthorizationServer.issuer`. */
  readonly issuer?: string | undefined
  /** Key and certificate for 127.0.0.1, as PEM. With them the server speaks HTTPS. Default `undefined`: HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined
  /** The clock for the times in answers, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** A request that the server received, and its scenario. */
export interface HostileRequest extends ReceivedRequest {
  /** The name of the scenario. `undefined` for requests about unknown tokens and for the server's own metadata and keys. */
  readonly scenario: string | undefined
}

/** The server that {@link startHostileAuthorizationServer} starts. */
export interface HostileAuthorizationServer extends AsyncDisposable {
  /** The issuer identifier of the server, which is also its origin. */
  readonly issuer: string
  /** The URL of the introspection endpoint. */
  readonly endpoint: string
  /** Every scenario, with the token that chooses it. */
  readonly scenarios: readonly HostileScenario[]
  /** The requests that the server received, oldest first. */
  readonly requests: readonly HostileRequest[]
  /**
   * Requests to the other origin. Redirects and false metadata lead to it, and it answers `active` to everything. A client
   * that sends nothing to an origin outside its configuration leaves this list empty.
   */
  readonly strayRequests: readonly HostileRequest[]
  /** The issuer that a client must discover for a scenario with `asks: 'metadata'`. For other scenarios, the server's own. */
  issuerOf(scenario: HostileScenario): string
  /** The number of open connections, including those to the other origin. */
  connections(): Promise<number>
  /** Forgets the requests. Call it in long runs to free their memory. */
  clear(): void
  /** Breaks every connection and stops the server. */
  close(): Promise<void>
}

/**
 * Starts an authorization server that lies, stalls and breaks connections. It is a real HTTP server on 127.0.0.1, so you can
 * test any client of any library with it. Its answer depends only on the token in the request.
 *
 * The server accepts any credentials. A token that belongs to no scenario is inactive. Only scenarios with `expected: 'accept'`
 * may let a request pass. Give every call a deadline, because some scenarios never end.
 *
 * @returns the server, which is already listening.
 * @throws TypeError for an unknown option or an option of the wrong type. Rejects with the error of Node when the server cannot
 * listen or the certificate is not valid.
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
 *   audience: 'https://api.example.com',
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
    // This one object is a good answer and good metadata.
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

/** The path of an issuer's metadata (RFC 8414 §3.1). */
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

/** Reads the whole request. Returns `undefined` when the connection breaks. */
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

/** Clients may disconnect in the middle of an answer, and several scenarios wait for that. Such an error needs no action. */
function ignore(): void {}
