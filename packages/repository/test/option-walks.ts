/** Accepted options of every public function that takes options. The options test changes them one at a time. */
import { DatabaseSync } from 'node:sqlite'
import * as client from '@token-introspection/client'
import * as express from '@token-introspection/client/express'
import * as fastify from '@token-introspection/client/fastify'
import * as gateway from '@token-introspection/client/gateway'
import * as hono from '@token-introspection/client/hono'
import * as koa from '@token-introspection/client/koa'
import * as mcp from '@token-introspection/client/mcp'
import * as nest from '@token-introspection/client/nest'
import * as clientTelemetry from '@token-introspection/client/opentelemetry'
import * as providers from '@token-introspection/client/providers'
import * as revocations from '@token-introspection/client/revocations'
import * as clientCacheStores from '@token-introspection/client/cache-stores'
import * as clientRedis from '@token-introspection/client/redis'
import * as core from '@token-introspection/core'
import * as logging from '@token-introspection/core/logging'
import { OptionGroup } from '@token-introspection/core/options'
import * as server from '@token-introspection/server'
import * as serverTelemetry from '@token-introspection/server/opentelemetry'
import * as postgres from '@token-introspection/server/postgres'
import * as serverRedis from '@token-introspection/server/redis'
import * as sqlite from '@token-introspection/server/sqlite'
import * as tokens from '@token-introspection/server/tokens'
import * as testing from '@token-introspection/testing'
import * as hostile from '@token-introspection/testing/hostile'
import createFastify from 'fastify'
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import type { OptionWalk } from '../src/option-walk/option-walk.ts'

const issuer = 'https://as.example.com'
const audience = 'https://api.example.com'
const basic = seam(client.clientSecretBasic('api', 'secret'))
const pair = await generateKeyPair('ES256', { extractable: true })
const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'ES256' }
const encryptionPair = await generateKeyPair('ECDH-ES', { extractable: true })
const encryption = { ...(await exportJWK(encryptionPair.publicKey)), kid: 'e', use: 'enc' }
const decryption = await exportJWK(encryptionPair.privateKey)
const jwks = { keys: [jwk, encryption] }
const pkcs8 = await exportPKCS8(pair.privateKey)
/** An object of the application. It is used as it is: its members are not options. */
function seam<Members extends object>(members: Members): Members {
  return Object.assign(Object.create({ isSeam: true }) as Members, members)
}

const never = (): Promise<never> => Promise.reject(new Error('nothing is sent here'))
const now = (): number => 1_764_000_000_000
const nothing = (): void => undefined
const mcpScopes = { tools: { list: 'a' }, otherTools: 'b', methods: { ping: 'c' }, maxBodyBytes: 1, bodyTimeoutMs: 1 }
/** Any name may be that of a tool or a method. */
const MCP_NAMES = ['scopes.tools', 'scopes.methods']
const send = seam({ sendCommand: () => Promise.resolve(null) })
const urlRules = { allowHttpOnLoopback: true, allowHttpOrigins: new Set(['http://keycloak:8080']) }
const replayOptions = { maxKeys: 5, maxKeysPerOwner: 5, now, elapsedMs: now }
const cacheStore = seam({ get: () => undefined, set: nothing, delete: nothing, clear: nothing })
const replayStore = seam({ remember: () => Promise.resolve(true) })
const limiter = seam({
  consume: () => Promise.resolve({}),
  get: () => Promise.resolve(null),
  delete: () => Promise.resolve(),
})
const logOptions = { keySecret: 'k'.repeat(32), retentionSeconds: 60 }
const pepper = ['p'.repeat(32)]
const store = seam(server.createMemoryTokenStore())
const revocationLog = seam({ has: never, keyOf: never, readAfter: never, onAppended: () => nothing })
const meter = seam({
  createHistogram: () => ({ record: nothing }),
  createCounter: () => ({ add: nothing }),
  addBatchObservableCallback: nothing,
  removeBatchObservableCallback: nothing,
})
const tracer = seam({ startSpan: nothing })
const introspection = new client.IntrospectionClient({
  revocations: { bound: 'proven', connect: () => ({ ask: () => new Promise(() => undefined) }) },
  issuer,
  endpoint: `${issuer}/introspect`,
  clientAuthentication: basic,
  transport: { fetch: () => Promise.resolve(Response.json({ active: false })) },
  policy: { audience, dpop: { origin: audience } },
})
const combined = client.combineIssuers({ issuers: { ours: introspection } })
const foundIssuers = client.combineIssuers({ find: () => undefined, policy: { audience, dpop: { origin: audience } } })
const guard = introspection.guard()
const detail = {
  type: 'payment',
  identifier: 'a',
  locations: ['a'],
  actions: ['a'],
  datatypes: ['a'],
  privileges: ['a'],
}
const permission = { resourceId: 'a', resourceScopes: ['view'] }
const kind = { member: 'token_use', oneOf: ['AT'] }
const policy = {
  audience,
  realm: 'api',
  tokenKind: kind,
  acceptedTokenTypes: ['JWT'],
  scopeImplications: { a: ['b'] },
  senderConstraint: 'dpop',
}
const guardOptions = {
  ...policy,
  resourceMetadata: 'https://api.example.com/.well-known/oauth-protected-resource',
  scope: { anyOf: ['a b', 'c'] },
  issuer,
  acrValues: ['gold'],
  maxAuthenticationAgeSeconds: 60,
  authorizationDetails: detail,
  permission,
  check: () => true,
  optional: false,
  maxAgeSeconds: 5,
  notOlderThan: '1.a',
}
const loggerOptions = { shape: 'console', level: 'info' }
const clientOptions = {
  provider: { name: 'Acme', documentation: 'https://acme.example' },
  issuer,
  clientAuthentication: basic,
  claims: seam({ '~standard': { version: 1, vendor: 'us', validate: (value: object) => ({ value }) } }),
  token: {
    maxBytes: 1024,
    tokenTypeHint: 'access_token',
    sources: ['header', 'form'],
    fields: ['x-forwarded-access-token'],
    cookie: { name: '__Host-access_token', allowedOrigins: ['https://app.example.com'] },
  },
  cache: {
    maxAgeSeconds: 30,
    inactiveMaxAgeSeconds: 5,
    maxAgeWhileConnectedSeconds: 600,
    leaseSeconds: 30,
    revocationSlots: 100_000,
    maxAgeSecondsByScope: { 'payments:*': 0 },
    maxEntries: 10,
    inactiveMaxEntries: 10,
  },
  revocations: seam({ bound: 'proven', connect: () => ({ ask: never }) }),
  transport: {
    deadlineMs: 1000,
    maxResponseBytes: 2048,
    allowHttpOnLoopback: true,
    allowHttpOrigins: ['http://keycloak:8080'],
    parameters: { tenant: 'a' },
    headers: { 'x-tenant': 'a' },
    metadataUrl: `${issuer}/metadata`,
    fetch: never,
    retry: true,
    circuitBreaker: { failures: 5, windowMs: 5000, openMs: 500, maxOpenMs: 30_000 },
    maxConcurrentRequests: 64,
    maxQueuedRequests: 100,
    metadataMaxAgeSeconds: 3600,
    allowedEndpointOrigins: ['https://as2.example.com'],
  },
  response: {
    leewaySeconds: 5,
    acceptedIssuers: [issuer],
    aliases: { username: 'login' },
    renames: { permissions: 'rights' },
    inactiveWhen: [{ status: 401, error: 'x' }],
  },
  policy: {
    ...policy,
    dpop: { origin: audience, algorithms: ['ES256'], maxAgeSeconds: 60, leewaySeconds: 5, replayStore },
  },
  watch: { everySeconds: 30, maxUncheckedSeconds: 60, maxWatched: 10 },
  onEvent: nothing,
  onWarning: nothing,
  now,
}
const newClient = (options: object) => new client.IntrospectionClient(options as never)
const PEM = '-----BEGIN X-----'
const tolerate = {
  activeAsString: true,
  scopeAsArray: true,
  scopeWithCommas: true,
  timestampsInMilliseconds: true,
  zeroExpiryAsAbsent: true,
  nullAsAbsent: true,
  actAsString: true,
  uma1Permissions: true,
  datesAsText: true,
  hugeExpiryAsAbsent: true,
  numbersAsText: true,
  authorizationDetailsAsObject: true,
}
const jwt = {
  mode: 'local-or-introspect',
  sampleRate: 0.5,
  random: () => 0.5,
  issuer,
  algorithms: ['ES256'],
  profile: 'rfc9068',
  jwks: seam(jwks),
  types: ['JWT'],
  acceptUntyped: true,
  requiredClaims: ['sub'],
  kindClaims: ['nbf'],
  aliases: { client_id: 'azp' },
  renames: { username: 'login' },
  audienceFrom: 'azp',
  maxTokenAgeSeconds: 3600,
  maxRevokedKeys: 5000,
}
const jwtClientOptions = {
  issuer,
  clientAuthentication: basic,
  revocations: seam({ bound: 'proven', keyOf: never, connect: () => ({ ask: never, replay: never }) }),
  transport: { fetch: never },
  jwt,
  response: {
    tolerate,
    jwt: {
      algorithms: ['ES256'],
      profile: 'rfc9701',
      jwks: seam(jwks),
      decryptionKeys: [{ alg: 'ECDH-ES', kid: 'e', key: seam(decryption) }],
      audience: 'api',
      maxAgeSeconds: 60,
    },
  },
  policy: {
    audience,
    resourceMetadata: 'https://api.example.com/.well-known/oauth-protected-resource',
    dpop: { publicUrl: () => audience, nonce: { secret: 's'.repeat(43), lifetimeSeconds: 60 } },
    certificate: { format: 'nginx', isTrustedProxy: () => true, header: 'x-cert' },
  },
}
const fetchedKeysOptions = {
  issuer,
  clientAuthentication: basic,
  transport: { fetch: never },
  jwt: { mode: 'local', jwksUri: `${issuer}/jwks` },
  response: { jwt: { jwksUri: `${issuer}/jwks` } },
  policy: { certificate: { parse: () => undefined, isTrustedProxy: () => true, header: 'x-cert' } },
}
const presetOptions = {
  clientAuthentication: basic,
  provider: {
    name: 'Acme',
    documentation: 'https://acme.example',
    issuer,
    endpoint: `${issuer}/introspect`,
    clientAuthentication: {
      takes: ['client_secret_basic'],
      refuses: ['none'],
      assertion: { audienceFrom: 'endpoint', typ: 'JWT', sendClientId: true },
    },
    token: { tokenTypeHint: 'access_token' },
    jwt: {
      mode: 'local-or-introspect',
      issuer,
      types: ['JWT'],
      acceptUntyped: true,
      requiredClaims: ['sub'],
      kindClaims: ['nbf'],
      aliases: { client_id: 'azp' },
      renames: { username: 'login' },
      audienceFrom: 'azp',
    },
    transport: { parameters: { a: 'b' } },
    response: {
      acceptedIssuers: [issuer],
      aliases: { username: 'login' },
      renames: { permissions: 'rights' },
      inactiveWhen: [{ status: 401, error: 'x' }],
      tolerate,
    },
    policy: { audience, tokenKind: kind, acceptedTokenTypes: ['JWT'] },
  },
}
const OPEN = [
  'cache.maxAgeSecondsByScope',
  'transport.headers',
  'response.renames',
  'transport.parameters',
  'response.aliases',
  'jwt.aliases',
  'jwt.renames',
  'claims',
  'jwt.jwks',
  'response.jwt.jwks',
  'policy.scopeImplications',
]

const assertion = { lifetimeSeconds: 60, audience: issuer, typ: 'JWT', sendClientId: true }
const assertionOfRequest = { audienceFrom: 'endpoint' }
const resource = {
  id: 'api',
  clientSecrets: ['secret', { secret: 'next', expiresAt: 1_764_000_000 }],
  audiences: [audience],
  basicEncoding: 'form-then-raw',
  methods: ['client_secret_basic'],
  jwks: seam(jwks),
  view: {
    scopes: ['a'],
    members: ['sub'],
    authorizationDetails: () => true,
    subject: () => 'a',
    claims: (claims: object) => claims,
  },
  limiter,
  introspectionSignedResponseAlg: 'ES256',
  introspectionEncryptedResponseAlg: 'ECDH-ES',
  introspectionEncryptedResponseEnc: 'A128GCM',
  requireJwtResponse: false,
}
const handlerOptions = {
  issuer,
  allowHttpOnLoopback: true,
  allowHttpOrigins: ['http://keycloak:8080'],
  clientAuthentication: {
    methods: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'attest_jwt_client_auth',
      'Bearer',
      'DPoP',
    ],
    basicEncoding: 'form',
    failures: limiter,
    remoteAddress: () => '192.0.2.1',
    assertion: { algorithms: ['ES256'], maxLifetimeSeconds: 300, clockToleranceSeconds: 5, allowStringDates: false },
    replayStore,
    fetchJwks: never,
    attestation: {
      attesters: [
        { issuer: 'https://attester.example.com', jwksUri: 'https://attester.example.com/jwks' },
        { issuer: 'https://platform.example.com', jwks: seam(jwks) },
      ],
      algorithms: ['ES256'],
      maxProofAgeSeconds: 60,
      clockToleranceSeconds: 5,
      challenges: { issue: () => 'a', accept: () => true },
    },
    clientCertificate: () => undefined,
    accessToken: {
      find: () => null,
      scope: 'introspection',
      audience: issuer,
      insufficientScopeStatus: 401,
      endpoint: `${issuer}/introspect`,
      dpopAlgorithms: ['ES256'],
      dpopMaxAgeSeconds: 60,
    },
    protectedResources: [resource],
    realm: 'introspection',
  },
  lookup: { store, isMinted: () => true, isActive: () => true },
  revocations: revocationLog,
  claims: clientOptions.claims,
  request: {
    maxBodyBytes: 4096,
    maxParameters: 10,
    maxParameterLength: 1024,
    maxTokenLength: 512,
    maxHintLength: 32,
  },
  limits: { limiter, missPoints: 5 },
  authorization: { withoutAudience: 'nobody', refreshTokens: false },
  response: {
    retryAfterSeconds: 1,
    jwt: {
      keys: [{ alg: 'ES256', kid: 'a', key: pair.privateKey, signsFrom: 0 }],
      profile: 'fapi2',
      defaultSigningAlg: 'ES256',
    },
  },
  timeoutMs: 1000,
  onEvent: nothing,
  onWarning: nothing,
  now,
}
const registryOptions = {
  authorization: { allow: () => true },
  issuer,
  clientAuthentication: {
    findProtectedResource: () => null,
    verifySecret: () => false,
    decoySecret: 'decoy',
    custom: () => undefined,
    assertion: { legacyAudiences: [`${issuer}/introspect`], fapi2: false },
  },
  lookup: { resolvers: [seam({ name: 'a', resolve: () => null })] },
  response: { jwt: { keys: [{ alg: 'ES256', kid: 'a', sign: never }], defaultSigningAlg: 'ES256' } },
  onEvent: nothing,
}
const certificateOptions = {
  issuer,
  clientAuthentication: {
    methods: ['tls_client_auth', 'private_key_jwt'],
    clientCertificate: () => undefined,
    protectedResources: [
      ...[
        { sanDns: 'a.example.com' },
        { sanUri: 'https://a.example.com' },
        { sanIp: '192.0.2.1' },
        { sanEmail: 'a@example.com' },
        { subjectDn: 'CN=a' },
      ].map((tlsClientAuth, index) => ({ id: `a${index}`, tlsClientAuth, audiences: [audience] })),
      { id: 'b', jwksUri: 'https://b.example.com/jwks', audiences: [audience] },
    ],
  },
  lookup: { store },
}
const handler = server.createIntrospectionHandler({
  issuer,
  clientAuthentication: { protectedResources: [{ id: 'api', clientSecrets: ['secret'], audiences: [audience] }] },
  lookup: { store },
})
const feedHandlerOptions = {
  source: revocationLog,
  issuer,
  allowHttpOnLoopback: true,
  clientAuthentication: { protectedResources: [{ id: 'api', clientSecrets: ['secret'] }], realm: 'feed' },
  request: { maxBodyBytes: 4096, maxParameters: 10, maxParameterLength: 1024 },
  feed: {
    maxPageEvents: 100,
    maxWaitSeconds: 10,
    maxFollowers: 50,
    maxUnsentBytes: 2_000_000,
    maxStreamSeconds: 60,
    heartbeatSeconds: 5,
  },
  response: { retryAfterSeconds: 5 },
  timeoutMs: 100,
  onEvent: nothing,
  onWarning: nothing,
  now,
}
const revocationOptions = {
  issuer,
  allowHttpOnLoopback: true,
  clientAuthentication: {
    methods: ['client_secret_basic'],
    clients: [
      { id: 'web', clientSecrets: ['secret'], basicEncoding: 'form-then-raw', methods: ['client_secret_basic'] },
    ],
    realm: 'revocation',
  },
  lookup: { store },
  request: { maxBodyBytes: 4096, maxParameters: 10, maxParameterLength: 1024 },
  revocation: { accessTokenEndsGrant: true },
  response: { retryAfterSeconds: 1 },
  timeoutMs: 1000,
  onEvent: nothing,
  onWarning: nothing,
  now,
}

const { lookup: _lookup, revocation: _revocation, ...authenticatorOptions } = revocationOptions

function walk(
  name: string,
  options: object,
  call: (options: never) => unknown,
  more: Partial<OptionWalk> = {},
): OptionWalk {
  return { name, path: '', options, call, ...more }
}

const PRESETS: Readonly<Record<keyof typeof providers, (options: never) => unknown>> = { ...providers }

/** A preset. Messages put its own name before its options. */
function preset(name: keyof typeof providers, options: object): OptionWalk {
  return walk(name, options, PRESETS[name], { path: name })
}

/** Middleware of the frameworks: alike but for what refuses. */
function middleware(
  name: string,
  adapter: (judge: client.Guard, options: never) => unknown,
  more: object = {},
): OptionWalk[] {
  const options = { onRefusal: nothing, passPreflights: true, ...more }
  return [name, 'requireToken'].map((called) =>
    walk(called, options, (changed) => adapter(guard, changed), { path: name }),
  )
}

/** By entry: each function that takes options, again with a method or a variant after its name. */
export const WALKS: Readonly<Record<string, readonly OptionWalk[]>> = {
  core: [
    walk('authorizationDetailsInclude', detail, (wanted) => core.authorizationDetailsInclude([], wanted), {
      path: 'wanted',
    }),
    walk('permissionsInclude', permission, (wanted) => core.permissionsInclude([], wanted, 0), { path: 'wanted' }),
    walk('readWantedDetail', detail, (wanted) => core.readWantedDetail('wanted', wanted), { path: 'wanted' }),
    walk('readWantedPermission', permission, (wanted) => core.readWantedPermission('wanted', wanted), {
      path: 'wanted',
    }),
    walk('readTokenKind', kind, (kinds) => core.readTokenKind(new OptionGroup('', { kinds }, ['kinds']), 'kinds'), {
      path: 'kinds',
    }),
    walk('resolveCertificateField', { format: 'nginx', isTrustedProxy: () => true, header: 'x-cert' }, (options) =>
      core.resolveCertificateField(new OptionGroup('', options, core.CERTIFICATE_FIELD_OPTIONS)),
    ),
    walk(
      'resolveCertificateField (with a function)',
      { parse: () => undefined, isTrustedProxy: () => true, header: 'x-cert' },
      (options) => core.resolveCertificateField(new OptionGroup('', options, core.CERTIFICATE_FIELD_OPTIONS)),
    ),
    walk('isIssuer', urlRules, (rules) => core.isIssuer(issuer, rules), { path: 'rules' }),
    walk('isSecureUrl', urlRules, (rules) => core.isSecureUrl(new URL(issuer), rules), {
      path: 'rules',
    }),
    walk('parseForm', { maxParameters: 5 }, (limits) => core.parseForm('a=b', limits), { path: 'limits' }),
  ],
  'core/replay': [walk('createMemoryReplayStore', replayOptions, server.createMemoryReplayStore)],
  'core/logging': [
    walk('createLogWriter', loggerOptions, (options) =>
      logging.createLogWriter(console, options, () => ({ level: 'info', message: 'm' })),
    ),
  ],
  client: [
    walk('logEvents', loggerOptions, (options) => client.logEvents(console, options)),
    walk('IntrospectionClient', clientOptions, newClient, { open: OPEN }),
    walk(
      'IntrospectionClient (by endpoint)',
      { endpoint: `${issuer}/introspect`, clientAuthentication: basic },
      newClient,
    ),
    walk('IntrospectionClient (with JWTs)', jwtClientOptions, newClient, { open: OPEN }),
    walk(
      'presentedToken',
      { fields: ['x-forwarded-access-token'], cookie: { name: 'a', allowedOrigins: ['https://app.example.com'] } },
      (places) => client.presentedToken({ headers: new Headers() }, places),
      { path: 'places' },
    ),
    walk('IntrospectionClient (with fetched keys)', fetchedKeysOptions, newClient, { open: OPEN }),
    walk('IntrospectionClient (with a preset)', presetOptions, newClient, {
      open: ['jwt.aliases', 'jwt.renames', 'transport.parameters', 'response.aliases', 'response.renames'].map(
        (name) => `provider.${name}`,
      ),
      merged: 'provider',
    }),
    walk(
      'IntrospectionClient (by undici)',
      {
        issuer,
        clientAuthentication: basic,
        transport: { tls: { cert: PEM, key: PEM, passphrase: 'a', ca: [PEM] }, proxy: 'http://proxy.example.com' },
      },
      newClient,
    ),
    walk(
      'IntrospectionClient (by a Unix socket)',
      { issuer, clientAuthentication: basic, transport: { socketPath: '/run/as.sock' } },
      newClient,
    ),
    walk(
      'IntrospectionClient (by a dispatcher)',
      { issuer, clientAuthentication: basic, transport: { dispatcher: seam({ dispatch: () => true }) } },
      newClient,
    ),
    walk(
      'IntrospectionClient (by a sender)',
      {
        issuer,
        clientAuthentication: basic,
        transport: { send: never },
        cache: { store: cacheStore, keySecret: 's'.repeat(43) },
      },
      newClient,
    ),
    walk(
      'IntrospectionClient#introspect',
      {
        signal: new AbortController().signal,
        tokenTypeHint: 'a',
        parameters: { a: 'b' },
        maxAgeSeconds: 5,
        notOlderThan: '1.a',
        cache: true,
      },
      (options) => introspection.introspect('abc', options),
      { open: ['parameters'] },
    ),
    walk(
      'IntrospectionClient (with the audience beside the policy)',
      { issuer, clientAuthentication: basic, audience },
      newClient,
    ),
    walk('IntrospectionClient#guard', guardOptions, (options) => introspection.guard(options), {
      path: 'guard',
      open: ['scopeImplications'],
    }),
    walk(
      'IntrospectionClient#explain',
      { ...guardOptions, useCache: true },
      (options) => introspection.explain('abc', options),
      { path: 'guard', open: ['scopeImplications'] },
    ),
    walk(
      'IntrospectionClient#watch',
      {
        policy: { audience },
        until: AbortSignal.abort(),
        everySeconds: 30,
        maxUncheckedSeconds: 60,
        request: {},
        onError: nothing,
      },
      (options) => introspection.watch('abc', options),
      { path: 'watch', open: ['policy', 'request'], any: ['policy', 'request'] },
    ),
    walk(
      'combineIssuers',
      { issuers: { ours: introspection }, prefixes: { ours: 'ours_' }, fallback: 'ours', onEvent: nothing },
      client.combineIssuers,
      { open: ['issuers', 'prefixes'] },
    ),
    walk(
      'combineIssuers (by a function)',
      { issuers: { ours: introspection }, route: () => undefined },
      client.combineIssuers,
      { open: ['issuers'] },
    ),
    walk(
      'combineIssuers (by find)',
      {
        find: () => undefined,
        requestIssuer: () => undefined,
        policy: clientOptions.policy,
        token: clientOptions.token,
        maxClients: 5,
        maxAgeSeconds: 60,
        unknownMaxAgeSeconds: 5,
        findTimeoutMs: 500,
        onEvent: nothing,
        now,
      },
      client.combineIssuers,
    ),
    walk(
      'combineIssuers (by find, with the audience beside the policy)',
      { find: () => undefined, audience },
      client.combineIssuers,
    ),
    walk(
      'combineIssuers (by find, with certificates)',
      { find: () => undefined, policy: jwtClientOptions.policy },
      client.combineIssuers,
    ),
    walk(
      'combineIssuers (by find, with certificates of a proxy)',
      { find: () => undefined, policy: fetchedKeysOptions.policy },
      client.combineIssuers,
    ),
    walk('combineIssuers#guard (by find)', guardOptions, (options) => foundIssuers.guard(options), {
      path: 'guard',
      isPartial: true,
    }),
    walk(
      'combineIssuers#introspect (by find)',
      { maxAgeSeconds: 5, tokenTypeHint: 'a', issuer },
      (options) => foundIssuers.introspect('abc', options),
      { isPartial: true },
    ),
    walk('combineIssuers#guard', { ...guardOptions, issuers: { ours: {} } }, (options) => combined.guard(options), {
      path: 'guard',
      isPartial: true,
      open: ['scopeImplications'],
    }),
    walk(
      'combineIssuers#explain',
      { ...guardOptions, issuers: { ours: {} }, useCache: true },
      (options) => combined.explain('abc', options),
      { path: 'guard', isPartial: true, open: ['scopeImplications'] },
    ),
    walk(
      'combineIssuers#explain (by find)',
      { ...guardOptions, useCache: true },
      (options) => foundIssuers.explain('abc', options),
      { path: 'guard', isPartial: true },
    ),
    walk(
      'combineIssuers#introspect',
      { maxAgeSeconds: 5, tokenTypeHint: 'a' },
      (options) => combined.introspect('abc', options),
      { isPartial: true },
    ),
    walk(
      'createProtectedResource',
      {
        resource: audience,
        authorizationServers: [issuer],
        metadata: { scopes_supported: ['a'] },
        maxAgeSeconds: 60,
        allowHttpOnLoopback: true,
        allowHttpOrigins: ['http://keycloak:8080'],
      },
      client.createProtectedResource,
      { open: ['metadata'] },
    ),
    walk(
      'createProtectedResource#guard',
      { scope: 'a', realm: 'b', maxAgeSeconds: 5 },
      (options) => client.createProtectedResource({ resource: audience }).guard(introspection, options),
      { path: 'guard', isPartial: true },
    ),
    walk('createMemoryReplayStore', replayOptions, client.createMemoryReplayStore),
    walk('clientSecretBasic', { encoding: 'raw' }, (options) => client.clientSecretBasic('a', 'b', options)),
    walk('clientSecretJwt (by the request)', assertionOfRequest, (options) =>
      client.clientSecretJwt('a', 's'.repeat(32), options),
    ),
    walk('clientSecretJwt', { algorithm: 'HS256', ...assertion }, (options) =>
      client.clientSecretJwt('a', 's'.repeat(32), options),
    ),
    walk(
      'clientAttestation',
      { attestation: never, key: pair.privateKey, algorithm: 'ES256', audience: issuer },
      (options) => client.clientAttestation('a', options),
    ),
    walk('privateKeyJwt (by the request)', assertionOfRequest, (options) =>
      client.privateKeyJwt('a', pair.privateKey, options),
    ),
    walk('privateKeyJwt', { algorithm: 'ES256', keyId: 'a', ...assertion }, (options) =>
      client.privateKeyJwt('a', pair.privateKey, options),
    ),
    walk('privateKeyJwtFromSigner (by the request)', assertionOfRequest, (options) =>
      client.privateKeyJwtFromSigner('a', { algorithm: 'ES256', sign: never } as never, options),
    ),
    walk(
      'privateKeyJwtFromSigner',
      { algorithm: 'ES256', keyId: 'a', sign: never },
      (signer) => client.privateKeyJwtFromSigner('a', signer),
      { path: 'signer' },
    ),
    walk('privateKeyJwtFromSigner (options)', assertion, (options) =>
      client.privateKeyJwtFromSigner('a', { algorithm: 'ES256', sign: never } as never, options),
    ),
    walk('rotatingClientSecret', { method: 'client_secret_basic', encoding: 'form' }, (options) =>
      client.rotatingClientSecret('a', () => 'b', options),
    ),
    walk('zitadelKeyFile (by the request)', assertionOfRequest, (options) =>
      client.zitadelKeyFile({ type: 'application', keyId: 'a', key: pkcs8, clientId: 'b' }, options),
    ),
    walk('zitadelKeyFile', assertion, (options) =>
      client.zitadelKeyFile({ type: 'application', keyId: 'a', key: pkcs8, clientId: 'b' }, options),
    ),
    walk(
      'clientCredentials',
      { clientAuthentication: basic, tokenEndpoint: `${issuer}/token`, scope: 'a', parameters: { resource: 'x' } },
      client.clientCredentials,
      { path: 'clientCredentials', open: ['parameters'] },
    ),
    walk(
      'customClientAuthentication',
      { method: 'mine', clientId: 'a', cacheKeyPart: 'b', authenticate: nothing, signRequest: nothing, renew: nothing },
      client.customClientAuthentication,
    ),
    walk('dangerouslyNoClientAuthentication', { clientId: 'a' }, client.dangerouslyNoClientAuthentication),
  ],
  'client/express': middleware('expressGuard', express.expressGuard, { property: 'caller' }),
  'client/koa': middleware('koaGuard', koa.koaGuard),
  'client/gateway': [
    walk(
      'createGatewayHandler',
      {
        gateway: 'envoy',
        isTrustedGateway: () => true,
        forward: { 'x-auth-subject': 'sub' },
        maxForwardedBytes: 512,
        pathPrefix: '/authorize',
        passPreflights: false,
        onError: nothing,
      },
      (options) => gateway.createGatewayHandler(guard, options),
      { open: ['forward'] },
    ),
  ],
  'client/hono': middleware('honoGuard', hono.honoGuard),
  'client/fastify': [
    ...middleware('fastifyGuard', fastify.fastifyGuard, { property: 'caller' }),
    walk(
      'tokenGuards',
      {
        guard,
        hook: 'onRequest',
        onRefusal: nothing,
        passPreflights: true,
        property: 'caller',
        prefix: '/a',
        logLevel: 'info',
      },
      (options) => fastify.tokenGuards(createFastify(), options),
      { path: 'tokenGuards', any: ['prefix', 'logLevel'] },
    ),
  ],
  'client/nest': [
    walk(
      'TokenGuard',
      { guard: { audience }, requestOf: nothing, passPreflights: true },
      (options) => new nest.TokenGuard(introspection, options),
      { path: 'tokenGuard', open: ['guard'], any: ['guard.audience'] },
    ),
    walk(
      'TokenIntrospectionModule#forRoot',
      { introspection, guard: { audience }, requestOf: nothing, passPreflights: true, global: true },
      (options) => nest.TokenIntrospectionModule.forRoot(options),
      {
        path: 'TokenIntrospectionModule',
        // Nest makes the guard when the application starts. Only then are its options read.
        open: ['introspection', 'guard'],
        any: ['guard', 'guard.audience', 'requestOf', 'passPreflights'],
        isPartial: true,
      },
    ),
    walk(
      'TokenIntrospectionModule#forRoot with a client that Nest makes',
      { client: { issuer }, global: true },
      (options) => nest.TokenIntrospectionModule.forRoot(options),
      { path: 'TokenIntrospectionModule', open: ['client'], any: ['client', 'client.issuer'], isPartial: true },
    ),
    walk(
      'TokenIntrospectionModule#forRootAsync',
      { imports: [], inject: [], useFactory: nothing, global: true },
      (options) => nest.TokenIntrospectionModule.forRootAsync(options),
      { path: 'TokenIntrospectionModule', any: ['imports', 'inject'] },
    ),
    walk('RequireToken', { scope: 'a' }, (options) => nest.RequireToken(options), {
      path: 'RequireToken',
      open: [''],
      any: ['scope'],
    }),
  ],
  'client/mcp': [
    walk(
      'createTokenVerifier',
      { resource: audience, InvalidTokenError: Error, InsufficientScopeError: Error },
      (options) => mcp.createTokenVerifier(guard, options),
    ),
    walk('createMcpGate', { resource: audience, scopes: mcpScopes }, (options) => mcp.createMcpGate(guard, options), {
      open: MCP_NAMES,
    }),
    ...['mcpExpressGuard', 'requireToken'].map((name) =>
      walk(
        name,
        { resource: audience, scopes: mcpScopes, onRefusal: nothing },
        (options) => mcp.mcpExpressGuard(guard, options),
        {
          path: 'mcpExpressGuard',
          open: MCP_NAMES,
        },
      ),
    ),
    walk('guardMcp', { resource: audience, scopes: mcpScopes }, (options) => mcp.guardMcp(guard, never, options), {
      open: MCP_NAMES,
    }),
    walk(
      'mcpNodeGuard',
      { resource: audience, scopes: mcpScopes },
      (options) => mcp.mcpNodeGuard(guard, never, options),
      {
        path: 'mcpNodeGuard',
        open: MCP_NAMES,
      },
    ),
  ],
  'client/opentelemetry': [walk('recordIntrospections', { tracer, meter, now }, clientTelemetry.recordIntrospections)],
  'client/cache-stores': [
    walk(
      'createTieredCacheStore',
      { store: cacheStore, nearSeconds: 2, maxEntries: 5, now },
      clientCacheStores.createTieredCacheStore,
    ),
    walk(
      'createKvCacheStore',
      {
        namespace: seam({ get: never, put: never, delete: never, list: never }),
        keyPrefix: 'a:',
        maxEntryLength: 4096,
        now,
      },
      clientCacheStores.createKvCacheStore,
    ),
    walk('createWebCacheStore', { open: never, maxEntryLength: 4096, now }, clientCacheStores.createWebCacheStore),
    walk(
      'createEncryptedCacheStore',
      { store: cacheStore, secrets: ['an encryption secret of 32 letters'] },
      clientCacheStores.createEncryptedCacheStore,
    ),
  ],
  'client/redis': [
    walk(
      'createRedisReplayStore',
      { client: send, keyPrefix: 'a:', now, maxKeysPerOwner: 5, maxClockDifferenceSeconds: 5 },
      clientRedis.createRedisReplayStore,
      {
        open: ['client'],
      },
    ),
    walk(
      'createRedisCacheStore',
      { client: send, keyPrefix: 'a:', now, maxEntryLength: 4096 },
      clientRedis.createRedisCacheStore,
      { open: ['client'] },
    ),
    walk('followRedisFeed', { client: send, keyPrefix: 'a:', fenced: true }, clientRedis.followRedisFeed, {
      open: ['client'],
    }),
  ],
  'client/providers': [
    preset('adfs', { domain: 'adfs.example.com' }),
    preset('auth0', { domain: 'acme.auth0.com', audience }),
    preset('authentik', { url: issuer, slug: 'a' }),
    preset('cognito', { region: 'eu-west-1', userPoolId: 'eu-west-1_abc', clientId: 'a' }),
    preset('curity', { url: issuer }),
    preset('doorkeeper', { url: issuer, version: 6 }),
    preset('duende', { authority: issuer }),
    preset('entra', { tenantId: '11111111-1111-1111-1111-111111111111' }),
    preset('fusionauth', { url: issuer, issuer: 'acme.com', clientId: 'a' }),
    preset('gluu', { issuer }),
    preset('hydra', { adminUrl: issuer, issuer }),
    preset('janssen', { issuer }),
    preset('keyBridgeSts', { url: issuer }),
    preset('keycloak', { url: issuer, realm: 'a' }),
    preset('logto', { url: issuer }),
    preset('mitreid', { issuer }),
    preset('oidcProvider', { issuer }),
    preset('okta', { domain: 'acme.okta.com', authorizationServerId: 'a' }),
    preset('openiddict', { issuer }),
    preset('oryNetwork', { projectUrl: issuer, issuer }),
    preset('pingam', { url: issuer, realm: 'a' }),
    preset('pingfederate', { url: issuer, accessTokenManagerId: 'a' }),
    preset('salesforce', { domain: 'acme.my.salesforce.com' }),
    preset('sap', { domain: 'acme.accounts.ondemand.com', clientId: 'a' }),
    preset('springAuthorizationServer', { issuer }),
    preset('stytch', { domain: 'acme.stytch.com' }),
    preset('uaa', { url: issuer }),
    preset('workos', { domain: 'acme.authkit.app' }),
    preset('wso2', { url: issuer, tenant: 'acme.com' }),
    preset('zitadel', { domain: 'acme.zitadel.cloud' }),
  ],
  server: [
    walk('logEvents', loggerOptions, (options) => server.logEvents(console, options)),
    walk('createIntrospectionHandler', handlerOptions, server.createIntrospectionHandler),
    walk('createIntrospectionHandler (with a registry)', registryOptions, server.createIntrospectionHandler),
    walk('createIntrospectionHandler (with certificates)', certificateOptions, server.createIntrospectionHandler),
    walk(
      'createIntrospectionHandler (with FAPI 2)',
      {
        ...registryOptions,
        clientAuthentication: { ...registryOptions.clientAuthentication, assertion: { fapi2: true } },
      },
      server.createIntrospectionHandler,
      { isPartial: true },
    ),
    walk(
      'createIntrospectionHandler#introspect',
      { protectedResource: 'api', tokenTypeHint: 'a', parameters: { a: 'b' } },
      (options) => handler.introspect('abc', options),
      { open: ['parameters'] },
    ),
    walk(
      'createIntrospectionHandler#explain',
      { protectedResource: 'api', tokenTypeHint: 'a', parameters: { a: 'b' } },
      (options) => handler.explain('abc', options),
      { open: ['parameters'] },
    ),
    walk(
      'createIntrospectionHandler#metadata',
      { url: `${issuer}/introspect`, mtlsUrl: `${issuer}/introspect` },
      (options) => handler.metadata(options),
    ),
    walk('createRevocationFeedHandler', feedHandlerOptions, server.createRevocationFeedHandler, { isPartial: true }),
    walk('createClientAuthenticator', authenticatorOptions, server.createClientAuthenticator, { isPartial: true }),
    walk('createRevocationHandler', revocationOptions, server.createRevocationHandler, { isPartial: true }),
    walk(
      'certificateFromHeader',
      { format: 'nginx', isTrustedProxy: () => true, header: 'x-cert', verifyHeader: 'x-verify' },
      server.certificateFromHeader,
    ),
    walk(
      'certificateFromHeader (of the standard)',
      { format: 'rfc9440', isTrustedProxy: () => true, chainValidated: true },
      server.certificateFromHeader,
    ),
    walk(
      'certificateFromHeader (of another proxy)',
      { parse: () => undefined, header: 'x-cert', isTrustedProxy: () => true, chainValidated: true },
      server.certificateFromHeader,
    ),
    walk(
      'createJwtResolver',
      {
        issuer,
        jwks: seam(jwks),
        isRevoked: () => false,
        algorithms: ['ES256'],
        grantIdClaim: 'g',
        sessionIdClaim: 's',
        name: 'jwt',
      },
      server.createJwtResolver,
      { open: ['jwks'] },
    ),
    walk(
      'createJwtResolver (with found keys)',
      { issuer, findJwks: never, isRevoked: () => false },
      server.createJwtResolver,
    ),
    walk('createMemoryLimiter', { points: 5, windowSeconds: 5, maxKeys: 5, now }, server.createMemoryLimiter),
    walk('createMemoryReplayStore', replayOptions, server.createMemoryReplayStore),
    walk(
      'createMemoryTokenStore',
      { now, unstoredLifetimeSeconds: 60, revocationLog: logOptions },
      server.createMemoryTokenStore,
    ),
    walk(
      'createRemoteResolver',
      { issuer, introspect: never, tokenKind: kind, name: 'remote' },
      server.createRemoteResolver,
    ),
    walk('createStoreResolver', { store, name: 'a', kinds: ['access_token'] }, server.createStoreResolver, {
      open: ['store'],
    }),
    walk(
      'createTokenMint',
      { prefix: 'acme', keys: ['k'.repeat(32)], randomBytes: (length: number) => new Uint8Array(length) },
      server.createTokenMint,
    ),
  ],
  'server/opentelemetry': [
    walk('recordEvents', { tracer, meter, endpoint: 'introspection', now }, serverTelemetry.recordEvents, {
      open: ['tracer', 'meter'],
    }),
  ],
  'server/postgres': [
    walk(
      'createPostgresTokenStore',
      { pool: seam({ query: never }), now, unstoredLifetimeSeconds: 60, revocationLog: logOptions, pepper },
      postgres.createPostgresTokenStore,
      { open: ['pool'] },
    ),
  ],
  'server/redis': [
    walk(
      'createRedisTokenStore',
      { client: send, keyPrefix: 'a:', now, unstoredLifetimeSeconds: 60, revocationLog: logOptions, pepper },
      serverRedis.createRedisTokenStore,
      { open: ['client'] },
    ),
  ],
  'server/sqlite': [
    walk(
      'createSqliteTokenStore',
      { database: new DatabaseSync(':memory:'), now, unstoredLifetimeSeconds: 60, revocationLog: logOptions, pepper },
      sqlite.createSqliteTokenStore,
    ),
  ],
  'server/tokens': [
    walk(
      'createTokenIssuer',
      {
        store,
        accessTokenPrefix: 'at_',
        refreshTokenPrefix: 'rt_',
        randomBytes: (length: number) => new Uint8Array(length),
        graceSeconds: 5,
        graceRepetitions: 1,
        now,
      },
      tokens.createTokenIssuer,
      { open: ['store'] },
    ),
    walk('createTokenIssuer', { store, mint: () => 'token' }, tokens.createTokenIssuer, { open: ['store'] }),
  ],
  testing: [
    walk(
      'createFakeAuthorizationServer',
      { issuer, clientId: 'a', clientSecret: 'b', audience, now },
      testing.createFakeAuthorizationServer,
    ),
    walk(
      'createFakeAuthorizationServer (by a clock)',
      { issuer, clientId: 'a', clientSecret: 'b', audience, clock: seam(testing.createFakeClock()) },
      testing.createFakeAuthorizationServer,
    ),
    walk('createFakeClock', { startMs: 0 }, testing.createFakeClock),
  ],
  'client/revocations': [
    walk('followFeed', { url: `${issuer}/revocations`, keySecret: 'k'.repeat(32) }, revocations.followFeed),
    walk(
      'connectFollower',
      { issuer, clientAuthentication: basic, transport: clientOptions.transport, now },
      (options) => revocations.connectFollower(revocations.followFeed(), options),
      { open: OPEN, isPartial: true },
    ),
    walk(
      'relayRevocations',
      {
        issuer,
        clientAuthentication: basic,
        transport: clientOptions.transport,
        now,
        maxConcurrentQuestions: 5,
        maxQueuedQuestions: 5,
      },
      (options) => revocations.relayRevocations(revocations.followFeed(), options),
      { open: OPEN, isPartial: true },
    ),
  ],
  'testing/hostile': [
    walk(
      'startHostileAuthorizationServer',
      { audience, scope: 'a', issuer, now },
      async (options) => {
        const started = await hostile.startHostileAuthorizationServer(options)
        await started.close()
      },
      { isPartial: true },
    ),
  ],
}

/** Functions and classes without options, by entry. The test fails for a new function that is in neither list. */
export const WITHOUT_OPTIONS: Readonly<Record<string, string>> = {
  core:
    'Form isIntrospectionError actorChain audienceIntersects ' +
    'authorizationServerMetadataUrls buildChallenge buildErrorResponse chooseMediaType createWarner decodeBasicCredentials ' +
    'decodeFormComponent encodeBasicCredentials encodeForm encodeFormComponent encodeIntrospectionRequest equalDigests ' +
    'extensionClaims formatScope isAccessToken isErrorText isJwtIntrospectionTyp isLoopbackHost ' +
    'isNumericDate isPublicHost isRegisteredTokenTypeHint isScope isScopeToken isSha256Thumbprint isVerifiableConfirmation ' +
    'parseAuthorization parseAuthorizationServerMetadata parseCertificateHeader parseChallenges parseErrorResponse ' +
    'parseIntrospectionRequest parseIntrospectionResponse parseJsonObject parseJwtIntrospectionClaims parseMediaType ' +
    'parseProtectedResourceMetadata parseScope protectedResourceMetadataUrl readTokenTypes saidTokenKind scopeIncludes ' +
    'toAudienceList toNumericDate tokenKindFault validateExtensionClaims decodeBase64url encodeBase64url isBase64url isBoundedKey ' +
    'describeComplaint describeTokenKindFault elapsedMs quote cleanValue messageOf sayCause visibleJson visibleText withCode withoutCode withoutData withoutQuery parseJwtOctets parseJwtPart readBearerToken readIntrospectionResponse sha256Base64url signedContent splitCompactJws withWholeDates',
  'core/dpop': 'normalizeTargetUri verifyDpopProof',
  'core/explanation': 'formatSteps',
  'core/key-set': 'parseKeySet',
  'core/maybe-promise': 'allOf andThen atOnce ignoreRejection isPromise',
  'core/read-body': 'readBody',
  'core/options':
    'OptionGroup checkOptionNames copyOptions createFinder httpRemedy resolveIssuer resolveSecret resolveUrlRules sayKind sayUnknown suggest',
  'core/lambda-event': 'LambdaRequest',
  'core/node-header': 'readNodeHeader',
  'core/revocations':
    'createFoundRevocationKeys createRevocationKeys isChain isRevocationKey isRevocationPosition parseReplayPage parseRevocationPage revocationKeyCheck',
  'core/redis':
    'RedisStreamReader createRedisScript isAtPosition readRedisClient readRevocationStream ' +
    'readRevocationStreamOptions readStreamedEvents ' +
    'redisConnections replayRevocationStream revocationStreamKeys runRedisScript streamIdOf',
  client:
    'Refusal WatchEnded bearerToken bearerTokenProvider clientSecretPost ' +
    'isIntrospectionError isPreflight selfSignedTlsClientAuth supportedClientAuthentication tlsClientAuth withDecisionHeaders',
  'client/gateway': 'toGatewayListener',
  'client/lambda': 'lambdaGuard toGuardRequest',
  'client/nest': 'Auth PreflightException Public TokenRefusedException',
  'client/node': 'addHeaders applyDecision nodeGuard refuseUpgrade requireToken sendRefusal toGuardRequest',
  'client/opentelemetry': 'observeStatistics',
  server:
    'Form isIntrospectionError audienceOrOwner certificateFromSocket digestToken toTombstone validateConsumption ' +
    'validateRevocation ' +
    'validateTokenRecord revocationDigests tombstoneDigests',
  'server/node': 'toNodeHandler',
  'server/express': 'toExpressHandler',
  'server/fastify': 'toFastifyPlugin',
  'server/hono': 'toHonoHandler',
  'server/koa': 'toKoaMiddleware',
  'server/lambda': 'toLambdaHandler',
  testing:
    'cacheStoreContract replayStoreContract revocationFollowerContract revocationLogContract tokenConsumptionContract tokenListContract tokenStoreContract',
  'testing/msw': 'authorizationServerHandlers createNetwork',
}
