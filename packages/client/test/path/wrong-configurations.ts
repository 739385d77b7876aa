/** Configurations that are wrong, as people write them, and what their message has to say. */
import { findFreePort } from '../../../core/test/find-free-port.ts'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  clientSecretBasic,
  type GuardOptions,
  IntrospectionClient,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { fastifyGuard } from '@token-introspection/client/fastify'
import { honoGuard } from '@token-introspection/client/hono'
import { auth0 } from '@token-introspection/client/providers'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationHandler,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { createPostgresTokenStore } from '@token-introspection/server/postgres'
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import { createCertificate } from '../certificates.ts'
import { serveTls } from '../tls-server.ts'

/** Addresses of servers that run while the configurations are tried. */
export interface Place extends AsyncDisposable {
  /** An authorization server whose issuer is `http://127.0.0.1:PORT/realms/main`. */
  readonly http: string
  /** A server with a certificate that nobody trusts. */
  readonly https: string
  /** A port where nothing listens. */
  readonly nowhere: string
}

/** Starts the servers. */
export async function openPlace(): Promise<Place> {
  const nowhere = `127.0.0.1:${await findFreePort()}`
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const store = createMemoryTokenStore()
  const now = Math.floor(Date.now() / 1000)
  await store.save('good', {
    kind: 'access_token',
    sub: 'alice',
    scope: 'orders:read',
    aud: AUDIENCE,
    iat: now,
    exp: now + 600,
  })
  const handler = createIntrospectionHandler({
    issuer: `${http}/realms/main`,
    allowHttpOnLoopback: true,
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: [AUDIENCE] }],
    },
    lookup: { store },
    onWarning: false,
  })
  const introspect = toNodeHandler(handler)
  server.on('request', (request, response) => {
    const { url } = request
    if (url === '/introspect') introspect(request, response)
    else if (url === '/.well-known/oauth-authorization-server/realms/main') {
      const metadata = { issuer: `${http}/realms/main`, ...handler.metadata({ url: `${http}/introspect` }) }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
    } else if (url === '/html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>')
    } else if (url === '/redirect') response.writeHead(302, { location: '/login' }).end()
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>')
  })
  const tls = await serveTls(createCertificate('127.0.0.1'))
  return {
    http,
    https: `https://127.0.0.1:${tls.port}`,
    nowhere: `http://${nowhere}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
      await tls[Symbol.asyncDispose]()
    },
  }
}

const AUDIENCE = 'https://orders.example.com'

/** What the client or its guard tells the operator. */
type Tell = (place: Place) => unknown

/** A wrong configuration, and the parts of its message: the cause, the place, the remedy and, of coded errors, the code. */
export type WrongConfiguration = readonly [name: string, tell: Tell, parts: readonly (string | RegExp)[]]

/** Options that work, with changes. */
function tell(
  changes: (place: Place) => { readonly [option: string]: unknown },
  guard: GuardOptions = { scope: 'orders:read' },
): Tell {
  return async (place) => {
    const options = {
      issuer: `${place.http}/realms/main`,
      clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
      audience: AUDIENCE,
      transport: { allowHttpOnLoopback: true },
      onWarning: false,
      ...changes(place),
    }
    await using client = new IntrospectionClient(options as unknown as IntrospectionClientOptions)
    const decision = await client.guard(guard)({ headers: new Headers({ authorization: 'Bearer good' }) })
    return decision.allowed ? 'allowed' : decision.detail
  }
}

const fake = createFakeAuthorizationServer()
const client = new IntrospectionClient({
  issuer: fake.issuer,
  clientAuthentication: clientSecretBasic(fake.clientId, fake.clientSecret),
  audience: fake.audience,
  transport: { fetch: fake.fetch },
})
const guard = client.guard()
const any = (value: unknown): never => value as never
const store = createMemoryTokenStore()
const handler = (changes: object): unknown =>
  createIntrospectionHandler(
    any({
      issuer: 'https://a.example',
      clientAuthentication: { protectedResources: [] },
      lookup: { store },
      ...changes,
    }),
  )
const registered = (entry: object): unknown => handler({ clientAuthentication: { protectedResources: [entry] } })

/** What `client.explain` says of a token, as text. */
async function explained(token: string): Promise<string> {
  return String(await client.explain(token, {}))
}

export const WRONG_CONFIGURATIONS: readonly WrongConfiguration[] = [
  [
    'wrong issuer path',
    tell(({ http }) => ({ issuer: `${http}/realms/other` })),
    ['status 404', '/realms/other', 'Check the issuer', '[ERR_TRANSPORT_STATUS]'],
  ],
  [
    'issuer without its path',
    tell(({ http }) => ({ issuer: http })),
    ['status 404', '/.well-known/oauth-authorization-server', 'Check the issuer', '[ERR_TRANSPORT_STATUS]'],
  ],
  [
    'issuer with a slash at its end',
    tell(({ http }) => ({ issuer: `${http}/realms/main/` })),
    ['differ in the slash at the end', '/realms/main, expected', 'as issuer', '[ERR_RESPONSE_UNTRUSTED]'],
  ],
  [
    'wrong secret',
    tell(() => ({ clientAuthentication: clientSecretBasic('orders-api', 'wrong') })),
    [
      '401 (invalid_client)',
      '/introspect',
      'client_secret_basic, client "orders-api"',
      'check the client identifier, the secret',
      '[ERR_TRANSPORT_UNAUTHORIZED]',
    ],
  ],
  [
    'empty secret',
    () => clientSecretBasic('orders-api', ''),
    ['clientSecret: ', 'an empty string', 'check that the variable is set'],
  ],
  [
    'secret of a variable that is not set',
    () => clientSecretBasic('orders-api', any(undefined)),
    ['clientSecret: ', 'not undefined', 'check that the variable is set'],
  ],
  [
    'no client authentication',
    tell(() => ({ clientAuthentication: undefined })),
    ['clientAuthentication: is required', 'such as clientSecretBasic('],
  ],
  [
    'client authentication as a plain object',
    tell(() => ({ clientAuthentication: { clientId: 'a', clientSecret: 'b' } })),
    ['clientAuthentication: ', 'such as clientSecretBasic('],
  ],
  [
    'http to another machine',
    tell(() => ({ issuer: 'http://as.example.com' })),
    ['issuer: ', 'must be an https URL', "allowHttpOrigins: ['http://as.example.com']"],
  ],
  [
    'https where http is',
    tell(({ http }) => ({ issuer: `${http.replace('http', 'https')}/realms/main` })),
    ['https://127.0.0.1', 'no TLS is spoken at that port', 'begins with http', '[ERR_TRANSPORT_UNREACHABLE]'],
  ],
  [
    'http where https is',
    tell(({ https }) => ({ issuer: `${https.replace('https', 'http')}/realms/main` })),
    ['http://127.0.0.1', 'closed the connection', 'the URL begins with https', '[ERR_TRANSPORT_UNREACHABLE]'],
  ],
  [
    'no audience',
    tell(() => ({ audience: undefined })),
    ['guard.audience: is required', 'the identifier of this resource server, or false'],
  ],
  [
    'wrong audience',
    tell(() => ({ audience: 'https://order.example.com' })),
    ['unexpected aud "https://orders.example.com"', 'expected "https://order.example.com"'],
  ],
  ['misspelt option', tell(() => ({ polcy: {} })), ['polcy: unknown option', 'did you mean policy?']],
  [
    'misspelt option in a group',
    tell(() => ({ cache: { maxAge: 30 } })),
    ['cache.maxAge: unknown option', 'did you mean maxAgeSeconds?'],
  ],
  [
    'option in the wrong place',
    tell(() => ({ maxAgeSeconds: 30 })),
    ['maxAgeSeconds: unknown option', 'did you mean cache?'],
  ],
  [
    'transport.timeout',
    tell(() => ({ transport: { timeout: 1000 } })),
    ['transport.timeout: unknown option', 'did you mean deadlineMs?'],
  ],
  [
    'text for a number',
    tell(() => ({ cache: { maxAgeSeconds: '30' } })),
    ['cache.maxAgeSeconds: ', 'must be a number from 0 to 86400', 'not a string'],
  ],
  [
    'endpoint that is a page',
    tell(({ http }) => ({ issuer: undefined, endpoint: `${http}/html` })),
    ['/html', 'text/html instead of application/json', 'check that endpoint is the URL', '[ERR_RESPONSE_MALFORMED]'],
  ],
  [
    'endpoint that is not there',
    tell(({ http }) => ({ issuer: undefined, endpoint: `${http}/nothing` })),
    ['/nothing', 'status 404', 'Give the URL of the endpoint as endpoint', '[ERR_TRANSPORT_STATUS]'],
  ],
  [
    'endpoint that redirects',
    tell(({ http }) => ({ issuer: undefined, endpoint: `${http}/redirect` })),
    ['/redirect', '302, a redirect', 'belongs into endpoint', '[ERR_TRANSPORT_STATUS]'],
  ],
  [
    'certificate that nobody trusts',
    tell(({ https }) => ({ issuer: `${https}/realms/main` })),
    [
      'https://127.0.0.1',
      'authority that this process does not trust',
      'transport.tls.ca',
      '[ERR_TRANSPORT_UNREACHABLE]',
    ],
  ],
  [
    'server that is down',
    tell(({ nowhere }) => ({ issuer: `${nowhere}/realms/main` })),
    ['http://127.0.0.1', 'nothing listens there', 'check host and port', '[ERR_TRANSPORT_UNREACHABLE]'],
  ],
  [
    'host that does not exist',
    tell(() => ({ issuer: 'https://as.invalid' })),
    ['https://as.invalid', /ENOTFOUND|EAI_AGAIN/, '[ERR_TRANSPORT_UNREACHABLE]'],
  ],
  [
    'Auth0 by its issuer',
    tell(() => ({
      issuer: 'https://acme.eu.auth0.com/',
      transport: { fetch: async () => Response.json({ issuer: 'https://acme.eu.auth0.com/' }) },
    })),
    [
      'https://acme.eu.auth0.com/',
      'name no introspection_endpoint',
      'with the preset auth0',
      '[ERR_TRANSPORT_ENDPOINT_MISSING]',
    ],
  ],
  [
    'preset of Auth0 with a client authentication',
    tell(() => ({ issuer: undefined, provider: auth0({ domain: 'acme.eu.auth0.com' }) })),
    ['not a signed JWT', 'jwt.mode is local', 'audience parameter'],
  ],
  [
    'preset of Auth0 and an opaque token',
    tell(() => ({
      issuer: undefined,
      audience: undefined,
      clientAuthentication: undefined,
      provider: auth0({ domain: 'acme.eu.auth0.com', audience: AUDIENCE }),
    })),
    ['not a signed JWT', 'jwt.mode is local', 'audience parameter'],
  ],
  [
    'clock an hour ahead',
    tell(() => ({ now: () => Date.now() + 3_600_000 })),
    ['exp is ', 'the clock of this resource server says', 'compare the two clocks'],
  ],
  [
    'clock an hour behind',
    tell(() => ({ now: () => Date.now() - 3_600_000 })),
    ['iat is ', 'the clock of this resource server says', 'time server', '[ERR_RESPONSE_UNTRUSTED]'],
  ],
  [
    'neither issuer nor endpoint',
    tell(() => ({ issuer: undefined })),
    ['issuer: is required', 'such as https://as.example.com'],
  ],
  [
    'URL of the metadata as issuer',
    tell(({ http }) => ({ issuer: `${http}/realms/main/.well-known/openid-configuration` })),
    ['issuer: is the URL of metadata', 'give the issuer itself: http://127.0.0.1'],
  ],
  [
    'URL object as issuer',
    tell(({ http }) => ({ issuer: new URL(`${http}/realms/main`) })),
    ['issuer: ', 'not a URL object', 'give its href'],
  ],
  ['true for a group', tell(() => ({ cache: true })), ['cache: ', 'not true', '{} takes the defaults']],
  [
    'scopes for scope',
    tell(() => ({}), any({ scopes: 'orders:read' })),
    ['guard.scopes: unknown option', 'did you mean scope?'],
  ],
  [
    'scopes with a comma',
    tell(() => ({}), { scope: 'orders:read,orders:write' }),
    ['expected "orders:read,orders:write"', 'write "orders:read orders:write"'],
  ],
  [
    'client in place of a guard, Express',
    () => expressGuard(any(client)),
    ['guard: this is the client', 'pass client.guard()'],
  ],
  [
    'nothing in place of a guard, Express',
    () => expressGuard(any(undefined)),
    ['guard: must be a guard', 'client.guard()'],
  ],
  [
    'options in place of a guard, Express',
    () => expressGuard(any({ scope: 'x' })),
    ['guard: must be a guard', 'client.guard()'],
  ],
  [
    'client in place of a guard, Fastify',
    () => fastifyGuard(any(client)),
    ['guard: this is the client', 'pass client.guard()'],
  ],
  [
    'client in place of a guard, Hono',
    () => honoGuard(any(client)),
    ['guard: this is the client', 'pass client.guard()'],
  ],
  ['token with its scheme', () => explained('Bearer abc'), ['begins with the scheme', 'Pass the token alone']],
  ['no token', () => client.introspect(any(undefined)), ['token: must be a string', 'not undefined', 'guard']],
  [
    'request without headers.get',
    () => guard(any({ headers: { authorization: 'Bearer abc' } })),
    ['request: must be a web Request', 'headers.get()', 'expressGuard(guard)'],
  ],
  ['token in place of a request', () => guard(any('abc')), ['request: must be a web Request', 'expressGuard(guard)']],
  [
    'guard mounted in Express',
    () => guard(any({ headers: {}, method: 'GET' }), ...([{}, () => undefined] as unknown as [])),
    ['cannot be mounted in a framework by itself', 'expressGuard(guard)'],
  ],
  [
    'tokenOf of another guard',
    () => expressGuard(guard).tokenOf(any({})),
    ['tokenOf: ', 'has not passed this guard', 'Mount this guard on the route'],
  ],
  [
    'PostgreSQL without a pool',
    () => createPostgresTokenStore(any({ connectionString: 'x' })),
    ['connectionString: unknown option', 'did you mean pool?'],
  ],
  [
    'PostgreSQL without options',
    () => createPostgresTokenStore(any(undefined)),
    ['pool: is required', 'new Pool({ connectionString })'],
  ],
  [
    'handler without a store',
    () => handler({ lookup: {} }),
    ['lookup.store: give either store or resolvers', 'neither is given'],
  ],
  [
    'handler without callers',
    () => handler({ clientAuthentication: {} }),
    ['give either protectedResources or findProtectedResource', 'neither is given'],
  ],
  [
    'clientSecret for clientSecrets',
    () => registered({ id: 'a', clientSecret: 'x' }),
    ['protectedResources[0].clientSecret: unknown option', 'did you mean clientSecrets?'],
  ],
  [
    'protectedResources at the revocation endpoint',
    () => createRevocationHandler(any({ clientAuthentication: { protectedResources: [] }, lookup: { store } })),
    ['clientAuthentication.protectedResources: unknown option', 'did you mean clients?'],
  ],
  [
    'misspelt option of the fake server',
    () => createFakeAuthorizationServer(any({ clientID: 'x' })),
    ['clientID: unknown option', 'did you mean clientId?'],
  ],
]
