import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import {
  connectFollower,
  followFeed,
  relayRevocations,
  type RevocationFollower,
} from '@token-introspection/client/revocations'
import { expect, test } from 'vitest'

const issuer = 'https://as.example.com'
const url = `${issuer}/revocations`
const secret = 's3cr3t-of-orders'
const reach = { issuer, clientAuthentication: clientSecretBasic('orders-api', secret) }
const ask = () => new Promise<never>(() => undefined)
const log = { readAfter: ask, onAppended: () => () => undefined }
const cacheStore = { get: () => undefined, set: () => undefined, delete: () => undefined, clear: () => undefined }

/** Each is written as somebody without types might write it. */
const client = (options: object) => new IntrospectionClient({ ...reach, ...options })
const feed = followFeed as (options?: unknown) => RevocationFollower
const relay = relayRevocations as unknown as (follower?: unknown, options?: unknown) => unknown
const connect = connectFollower as unknown as (follower?: unknown, options?: unknown) => unknown

test.each<[wrong: string, act: () => unknown, option: string, remedy: string]>([
  [
    'a lease without a feed',
    () => client({ cache: { leaseSeconds: 10 } }),
    'cache.leaseSeconds',
    'set revocations: followFeed()',
  ],
  [
    'a longer age without a feed',
    () => client({ cache: { maxAgeWhileConnectedSeconds: 600 } }),
    'cache.maxAgeWhileConnectedSeconds',
    'set revocations: followFeed()',
  ],
  [
    'slots without a feed',
    () => client({ cache: { revocationSlots: 2 ** 21 } }),
    'cache.revocationSlots',
    'followFeed()',
  ],
  [
    'a longer age in a shared store',
    () =>
      client({
        revocations: followFeed({ url }),
        cache: { store: cacheStore, keySecret: 'k'.repeat(32), maxAgeWhileConnectedSeconds: 600 },
      }),
    'cache.maxAgeWhileConnectedSeconds',
    'leave it or the store out',
  ],
  [
    'a shorter age with the feed than without it',
    () => client({ revocations: followFeed({ url }), cache: { maxAgeSeconds: 60, maxAgeWhileConnectedSeconds: 30 } }),
    'cache.maxAgeWhileConnectedSeconds',
    'at least cache.maxAgeSeconds (60)',
  ],
  [
    'a lease in milliseconds',
    () => client({ revocations: followFeed({ url }), cache: { leaseSeconds: 30_000 } }),
    'cache.leaseSeconds',
    'from 3 to 3600',
  ],
  ['true', () => client({ revocations: true }), 'revocations', 'but is true: write followFeed()'],
  ['false', () => client({ revocations: false }), 'revocations', 'leave the option out'],
  ['null', () => client({ revocations: null }), 'revocations', 'leave the option out'],
  ['a text', () => client({ revocations: url }), 'revocations', 'followFeed({ url })'],
  ['a URL', () => client({ revocations: new URL(url) }), 'revocations', 'followFeed({ url })'],
  ['the options of a feed', () => client({ revocations: { url } }), 'revocations', 'followFeed({ url })'],
  ['the function itself', () => client({ revocations: followFeed }), 'revocations', 'call it'],
  ['nothing in it', () => client({ revocations: {} }), 'revocations', 'write followFeed()'],
  ['a promise', () => client({ revocations: Promise.resolve(followFeed()) }), 'revocations', 'await it first'],
  ['several feeds', () => client({ revocations: [followFeed()] }), 'revocations', 'a client follows one feed'],
  ['a connection', () => client({ revocations: { ask } }), 'revocations', 'give the follower'],
  ['a relay', () => client({ revocations: log }), 'revocations', 'serve it with createRevocationFeedHandler'],
  ['a store', () => client({ revocations: { revocations: log } }), 'revocations', 'createRevocationFeedHandler'],
  ['a client of Redis', () => client({ revocations: { call: ask } }), 'revocations', 'followRedisFeed({ client })'],
  [
    'a follower with a misspelt bound',
    () => client({ revocations: { bound: 'Proven', connect: () => ({ ask }) } }),
    'revocations.bound',
    "'proven' or 'assumed'",
  ],
  [
    'a follower that connects by a promise',
    () => client({ revocations: { bound: 'assumed', connect: () => Promise.resolve({ ask }) } }),
    'revocations.connect',
    'open what it needs with the first ask()',
  ],
  [
    'a follower that cannot ask',
    () => client({ revocations: { bound: 'assumed', connect: () => undefined } }),
    'revocations.connect',
    'a connection with ask()',
  ],
  ['no issuer', () => client({ issuer: undefined, endpoint: url, revocations: feed() }), 'revocations', 'needs url'],
  [
    'a feed over http',
    () => client({ revocations: feed({ url: 'http://as:8080/revocations' }) }),
    'revocations',
    "transport.allowHttpOrigins: ['http://as:8080']",
  ],
  ['a text as options', () => feed(url), 'url', 'followFeed({ url })'],
  ['a URL as options', () => feed(new URL(url)), 'url', 'followFeed({ url })'],
  ['a URL as an object', () => feed({ url: new URL(url) }), 'url', 'give the href'],
  ['a path', () => feed({ url: '/revocations' }), 'url', 'an absolute https URL'],
  ['credentials in the URL', () => feed({ url: `https://orders-api:${secret}@as.example.com/` }), 'url', 'credentials'],
  ['an endpoint', () => feed({ endpoint: url }), 'endpoint', 'is called url here'],
  ['a lease of the feed', () => feed({ leaseSeconds: 10 }), 'leaseSeconds', 'cache.leaseSeconds'],
  ['an issuer of the feed', () => feed({ issuer }), 'issuer', 'belongs to the client'],
  ['a relay of nothing', () => relay(), 'follower', 'is missing: write followFeed()'],
  ['a relay without a follower', () => relay(reach), 'follower', 'the follower comes first'],
  ['a relay of a relay', () => relay(log, reach), 'follower', 'createRevocationFeedHandler'],
  ['a relay without options', () => relay(feed()), 'issuer', 'is required by this follower'],
  ['a relay without credentials', () => relay(feed(), { issuer }), 'clientAuthentication', 'clientSecretBasic('],
  ['a relay with the URL in the wrong place', () => relay(feed(), { ...reach, url }), 'url', 'followFeed({ url })'],
  [
    'a relay with the wrong unit',
    () => relay(feed(), { ...reach, maxQueuedQuestions: -1 }),
    'maxQueuedQuestions',
    'from 0',
  ],
  ['a connection in the wrong order', () => connect(reach, feed()), 'follower', 'the follower comes first'],
  ['two followers', () => connect(feed(), feed()), 'connect', 'the follower comes first and the options second'],
  ['a connection of true', () => connect(true, reach), 'follower', 'write followFeed()'],
])('refuses %s, and says what to write', (_, act, option, remedy) => {
  expect(act).toThrow(TypeError)
  expect(act).toThrow(remedy)
  const [path] = thrownBy(act).split(': ')
  expect(path).toBe(option)
  expect(thrownBy(act)).not.toContain(secret)
})

function thrownBy(act: () => unknown): string {
  try {
    return String(act())
  } catch (error) {
    return (error as Error).message
  }
}
