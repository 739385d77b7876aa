/** The authorization server of the cases: our handlers, a route that issues tokens, and the answers of hostile servers. */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ClientAuthenticationOptions,
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  createRevocationHandler,
  type ProtectedResource,
  type TokenRecord,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import type { ServerConfiguration } from './smoke-input.ts'

const configuration = readFileSync(process.argv[2] ?? '', 'utf8')
const { port, tlsPort, certificate, clientSecret, publicKey } = JSON.parse(configuration) as ServerConfiguration
const issuer = `http://127.0.0.1:${port}`
const audiences = ['urn:orders']
const kid = 'answers'
const signer = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const forger = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const clientSecrets = [clientSecret]
/** Each client may use one method, so that a case cannot succeed with another method. */
const protectedResources: readonly ProtectedResource[] = [
  { id: 'basic-api', clientSecrets, audiences, methods: ['client_secret_basic'] },
  { id: 'post-api', clientSecrets, audiences, methods: ['client_secret_post'] },
  { id: 'hmac-api', clientSecrets, audiences, methods: ['client_secret_jwt'] },
  { id: 'key-api', jwks: { keys: [publicKey] }, audiences, methods: ['private_key_jwt'] },
]

const store = createMemoryTokenStore({ revocationLog: true })
const clientAuthentication: ClientAuthenticationOptions = {
  protectedResources,
  methods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
}
const introspection = createIntrospectionHandler({
  issuer,
  allowHttpOnLoopback: true,
  clientAuthentication,
  lookup: { store },
  response: { jwt: { keys: [{ alg: 'ES256', kid, key: signer.privateKey }], defaultSigningAlg: 'ES256' } },
})
const revocation = createRevocationHandler({
  clientAuthentication: { clients: [{ id: 'web', clientSecrets }] },
  lookup: { store },
})
const feed = createRevocationFeedHandler({ issuer, allowHttpOnLoopback: true, clientAuthentication, store })
const introspect = toNodeHandler(introspection)

/** Counts requests by URL and query. A case that reads the count uses its own query. */
const counts = new Map<string, number>()

const routes: Readonly<Record<string, RequestListener>> = {
  '/introspect': introspect,
  '/revoke': toNodeHandler(revocation),
  '/revocations': toNodeHandler(feed),
  '/jwks': (_, response) => {
    const jwk = signer.publicKey.export({ format: 'jwk' })
    writeJson(response, { keys: [{ ...jwk, kid, alg: 'ES256', use: 'sig' }] })
  },
  '/.well-known/oauth-authorization-server': (_, response) => writeJson(response, metadata()),
  // This answer is about another client's token.
  '/.well-known/oauth-authorization-server/tenant': (_, response) => writeJson(response, metadata()),
  '/.well-known/oauth-authorization-server/slow': (_, response) => {
    const slow = { issuer: `${issuer}/slow`, introspection_endpoint: `${issuer}/moody` }
    void answerAfter(
      sleep(SLOW_MS).then(() => slow),
      response,
    )
  },

  // Routes for the cases themselves.
  '/control/issue': (request, response) => void answerAfter(issue(request), response),
  '/control/count': (request, response) => {
    const of = new URL(request.url ?? '', issuer).searchParams.get('of') ?? ''
    writeJson(response, counts.get(of) ?? 0)
  },

  // The answers of faulty and hostile servers.
  '/redirect': (request, response) => {
    const { search } = new URL(request.url ?? '', issuer)
    response.writeHead(307, { location: `${issuer}/introspect${search}` }).end()
  },
  '/endless': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    writeForever(response)
  },
  '/large': (_, response) => writeJson(response, { active: true, padding: 'x'.repeat(100_000) }),
  '/hanging': () => undefined,
  '/stalling': (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"active"'),
  '/dropping': (request) => request.socket.destroy(),
  '/failing': (_, response) => void response.writeHead(500).end(),
  '/forging': (_, response) => writeJwt(response, forger.privateKey),
  '/unsigned': (_, response) => writeJson(response, { active: true, sub: 'mallory' }),
  '/slow': (request, response) => void sleep(SLOW_MS).then(() => introspect(request, response)),
  '/moody': (request, response) => void moody(request, response),
}

const SLOW_MS = 300

function listener(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? ''
  counts.set(url, (counts.get(url) ?? 0) + 1)
  const route = routes[url.replace(/\?.*$/, '')]
  if (route === undefined) response.writeHead(404).end()
  else route(request, response)
}

function metadata() {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    ...introspection.metadata({ url: `${issuer}/introspect` }),
    ...revocation.metadata({ url: `${issuer}/revoke` }),
    ...feed.metadata({ url: `${issuer}/revocations` }),
  }
}

/** An endpoint that calls every token active. It never answers about `hang-…`, and slowly about `slow-…`. */
async function moody(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await readText(request))
  const token = form.get('token') ?? ''
  if (token.startsWith('hang-')) return
  if (token.startsWith('slow-')) await sleep(SLOW_MS)
  writeJson(response, { active: true, sub: 'alice' })
}

async function issue(request: IncomingMessage): Promise<string> {
  const record = JSON.parse(await readText(request)) as Partial<TokenRecord>
  const token = randomUUID()
  const exp = Math.floor(Date.now() / 1000) + 600
  await store.save(token, { kind: 'access_token', sub: 'alice', aud: 'urn:orders', client_id: 'web', exp, ...record })
  return token
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function answerAfter(work: Promise<unknown>, response: ServerResponse): Promise<void> {
  try {
    writeJson(response, await work)
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}

function writeJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** A signed answer that is correct except for its key. */
function writeJwt(response: ServerResponse, key: KeyObject): void {
  const iat = Math.floor(Date.now() / 1000)
  const signed = [
    { alg: 'ES256', typ: 'token-introspection+jwt', kid },
    { iss: issuer, aud: 'basic-api', iat, token_introspection: { active: true, sub: 'mallory' } },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
  response.writeHead(200, { 'content-type': 'application/token-introspection+jwt' }).end(`${signed}.${signature}`)
}

function writeForever(response: ServerResponse): void {
  while (!response.destroyed && response.write(' '.repeat(16_384))) continue
  if (!response.destroyed) response.once('drain', () => writeForever(response))
}

createTlsServer(certificate, listener).listen(tlsPort, '127.0.0.1', () => {
  createServer(listener).listen(port, '127.0.0.1')
})
