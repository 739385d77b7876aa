/** Walks of `IntrospectionClient` and its methods. */
import { IntrospectionClient } from '@token-introspection/client'
import type { OptionWalk } from '../../../src/option-walk/option-walk.ts'
import { cacheStore, never, nothing, seam } from '../seams.ts'
import { audience, issuer } from '../shared-values.ts'
import { walk } from '../walk.ts'
import {
  basic,
  clientOptions,
  fetchedKeysOptions,
  guardOptions,
  jwtClientOptions,
  OPEN,
  presetOptions,
} from './client-options.ts'
import { introspection } from './introspection.ts'

const newClient = (options: object) => new IntrospectionClient(options as never)
const PEM = '-----BEGIN X-----'

export const INTROSPECTION_CLIENT_WALKS: readonly OptionWalk[] = [
  walk('IntrospectionClient', clientOptions, newClient, { open: OPEN }),
  walk(
    'IntrospectionClient (by endpoint)',
    { endpoint: `${issuer}/introspect`, clientAuthentication: basic },
    newClient,
  ),
  walk('IntrospectionClient (with JWTs)', jwtClientOptions, newClient, { open: OPEN }),
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
]
