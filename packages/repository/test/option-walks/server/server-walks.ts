/** Walks of the entries of `server`. */
import { DatabaseSync } from 'node:sqlite'
import * as server from '@token-introspection/server'
import * as serverTelemetry from '@token-introspection/server/opentelemetry'
import * as postgres from '@token-introspection/server/postgres'
import * as serverRedis from '@token-introspection/server/redis'
import * as sqlite from '@token-introspection/server/sqlite'
import * as tokens from '@token-introspection/server/tokens'
import { jwks } from '../keys.ts'
import { meter, never, now, seam, send, tracer } from '../seams.ts'
import { audience, issuer, kind, loggerOptions, replayOptions } from '../shared-values.ts'
import { walk, type WalksByEntry } from '../walk.ts'
import {
  certificateOptions,
  feedHandlerOptions,
  handlerOptions,
  registryOptions,
  revocationOptions,
  store,
} from './server-options.ts'

const logOptions = { keySecret: 'k'.repeat(32), retentionSeconds: 60 }
const pepper = ['p'.repeat(32)]
const { lookup: _lookup, revocation: _revocation, ...authenticatorOptions } = revocationOptions
const handler = server.createIntrospectionHandler({
  issuer,
  clientAuthentication: { protectedResources: [{ id: 'api', clientSecrets: ['secret'], audiences: [audience] }] },
  lookup: { store },
})

export const SERVER_WALKS: WalksByEntry = {
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
}
