import { describe, expect, test } from 'vitest'
import { createRevocationFeedHandler } from './create-revocation-feed-handler.ts'
import { resolveRevocationFeedOptions } from './revocation-feed-options.ts'
import { createMemoryTokenStore } from './stores/memory/memory-token-store.ts'

const protectedResources = [{ id: 'orders-api', clientSecrets: ['s3cr3t'] }]
const store = createMemoryTokenStore({ revocationLog: true })
const log = store.revocations
const minimal = { store, clientAuthentication: { protectedResources } }

describe('resolveRevocationFeedOptions', () => {
  test('accepts the smallest options, with a store or with its log', () => {
    const { response, feed } = resolveRevocationFeedOptions(minimal)
    expect(response).toMatchObject({
      challenge: 'Basic realm="revocation feed", charset="UTF-8"',
      retryAfterSeconds: 1,
    })
    expect(feed).toMatchObject({ maxWaitSeconds: 30, maxUnsentBytes: 1_048_576, maxStreamSeconds: 600 })
    expect(() => resolveRevocationFeedOptions({ ...minimal, store: undefined, source: log })).not.toThrow()
  })

  test.each<[wrong: string, changes: object, option: string, remedy: string]>([
    ['no log', { store: undefined }, 'store', 'created with revocationLog: true'],
    ['both ways to give a log', { source: log }, 'source', 'must be left out'],
    ['a store without a log', { store: createMemoryTokenStore() }, 'store', 'revocationLog'],
    ['a store that is null', { store: null }, 'store', 'must be a token store'],
    ['the URL of a database', { store: 'postgres://localhost' }, 'store', 'must be a token store'],
    ['a promise of a store', { store: Promise.resolve(store) }, 'store', 'await it first'],
    ['the log as a store', { store: log }, 'store', 'give it as source'],
    ['a store with another log', { store: { revocations: {} } }, 'store.revocations', 'readAfter()'],
    ['the store as a source', { store: undefined, source: store }, 'source', 'give it as store'],
    ['a follower', { store: undefined, source: { connect: () => log } }, 'source', 'relayRevocations(follower'],
    ['a promise of a source', { store: undefined, source: Promise.resolve(log) }, 'source', 'await it first'],
    ['a function', { store: undefined, source: () => log }, 'source', 'call it'],
    [
      'a source that cannot tell',
      { store: undefined, source: { readAfter: () => undefined } },
      'source',
      'onAppended()',
    ],
    ['the options of introspection', { lookup: { store } }, 'lookup', 'store'],
    ['clients', { clientAuthentication: { clients: [] } }, 'clientAuthentication.clients', 'protectedResources'],
    ['no registry', { clientAuthentication: {} }, 'clientAuthentication.protectedResources', 'findProtectedResource'],
    ['an issuer over http', { issuer: 'http://as:80' }, 'issuer', "allowHttpOrigins: ['http://as']"],
    ['a page that is too large', { feed: { maxPageEvents: 5000 } }, 'feed.maxPageEvents', 'from 1 to 4096'],
    ['less room than a page takes', { feed: { maxUnsentBytes: 1_048_575 } }, 'feed.maxUnsentBytes', 'from 1048576'],
    ['milliseconds', { feed: { heartbeatSeconds: 15_000 } }, 'feed.heartbeatSeconds', 'from 1 to 30'],
    ['a limit outside its group', { maxFollowers: 5 }, 'maxFollowers', 'feed'],
  ])('refuses %s, and says what to write', (_, changes, option, remedy) => {
    const act = () => createRevocationFeedHandler({ ...minimal, ...changes })
    expect(act).toThrow(TypeError)
    expect(act).toThrow(`${option}: `)
    expect(act).toThrow(remedy)
  })
})
