/** Accepted options of the handlers of the server. */
import { createMemoryTokenStore } from '@token-introspection/server'
import { jwks, pair } from '../keys.ts'
import { claimsSchema, limiter, never, nothing, now, replayStore, seam } from '../seams.ts'
import { audience, issuer } from '../shared-values.ts'

export const store = seam(createMemoryTokenStore())
const revocationLog = seam({ has: never, keyOf: never, readAfter: never, onAppended: () => nothing })
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
export const handlerOptions = {
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
  claims: claimsSchema,
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
export const registryOptions = {
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
export const certificateOptions = {
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
export const feedHandlerOptions = {
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
export const revocationOptions = {
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
