/** Walks of the entries of `client`. Those that are many have a file of their own beside this one. */
import * as client from '@token-introspection/client'
import * as clientCacheStores from '@token-introspection/client/cache-stores'
import * as clientTelemetry from '@token-introspection/client/opentelemetry'
import * as clientRedis from '@token-introspection/client/redis'
import * as revocations from '@token-introspection/client/revocations'
import { cacheStore, meter, never, now, seam, send, tracer } from '../seams.ts'
import { audience, issuer, loggerOptions, replayOptions } from '../shared-values.ts'
import { walk, type WalksByEntry } from '../walk.ts'
import { ADAPTER_WALKS } from './adapter-walks.ts'
import { CLIENT_AUTHENTICATION_WALKS } from './client-authentication-walks.ts'
import { basic, clientOptions, OPEN } from './client-options.ts'
import { COMBINE_ISSUERS_WALKS } from './combine-issuers-walks.ts'
import { INTROSPECTION_CLIENT_WALKS } from './introspection-client-walks.ts'
import { introspection } from './introspection.ts'
import { PROVIDER_WALKS } from './provider-walks.ts'

export const CLIENT_WALKS: WalksByEntry = {
  client: [
    walk('logEvents', loggerOptions, (options) => client.logEvents(console, options)),
    walk(
      'presentedToken',
      { fields: ['x-forwarded-access-token'], cookie: { name: 'a', allowedOrigins: ['https://app.example.com'] } },
      (places) => client.presentedToken({ headers: new Headers() }, places),
      { path: 'places' },
    ),
    ...INTROSPECTION_CLIENT_WALKS,
    ...COMBINE_ISSUERS_WALKS,
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
    ...CLIENT_AUTHENTICATION_WALKS,
  ],
  ...ADAPTER_WALKS,
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
  'client/providers': PROVIDER_WALKS,
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
}
