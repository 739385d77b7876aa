/** Walks of `combineIssuers` and the methods of what it returns. */
import { combineIssuers } from '@token-introspection/client'
import type { OptionWalk } from '../../../src/option-walk/option-walk.ts'
import { nothing, now } from '../seams.ts'
import { audience, issuer } from '../shared-values.ts'
import { walk } from '../walk.ts'
import { clientOptions, fetchedKeysOptions, guardOptions, jwtClientOptions } from './client-options.ts'
import { introspection } from './introspection.ts'

const combined = combineIssuers({ issuers: { ours: introspection } })
const foundIssuers = combineIssuers({ find: () => undefined, policy: { audience, dpop: { origin: audience } } })

export const COMBINE_ISSUERS_WALKS: readonly OptionWalk[] = [
  walk(
    'combineIssuers',
    { issuers: { ours: introspection }, prefixes: { ours: 'ours_' }, fallback: 'ours', onEvent: nothing },
    combineIssuers,
    { open: ['issuers', 'prefixes'] },
  ),
  walk('combineIssuers (by a function)', { issuers: { ours: introspection }, route: () => undefined }, combineIssuers, {
    open: ['issuers'],
  }),
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
    combineIssuers,
  ),
  walk(
    'combineIssuers (by find, with the audience beside the policy)',
    { find: () => undefined, audience },
    combineIssuers,
  ),
  walk(
    'combineIssuers (by find, with certificates)',
    { find: () => undefined, policy: jwtClientOptions.policy },
    combineIssuers,
  ),
  walk(
    'combineIssuers (by find, with certificates of a proxy)',
    { find: () => undefined, policy: fetchedKeysOptions.policy },
    combineIssuers,
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
]
