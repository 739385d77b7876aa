import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createRevocationHandler } from './create-revocation-handler.ts'
import { createMemoryTokenStore } from './stores/memory/memory-token-store.ts'
import { defaults } from './options.ts'
import { resolveRevocationOptions, revocationDefaults, type RevocationHandlerOptions } from './revocation-options.ts'

/** The smallest valid options. */
function minimal() {
  return {
    clientAuthentication: { clients: [{ id: 'web', clientSecrets: ['s3cr3t'] }] },
    lookup: { store: createMemoryTokenStore() },
  } satisfies RevocationHandlerOptions
}

describe('resolveRevocationOptions', () => {
  test('accepts the smallest options, and applies every default', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_764_000_000_000 })
    onTestFinished(() => void vi.useRealTimers())
    const steps = resolveRevocationOptions(minimal())
    const { maxBodyBytes, maxParameters, maxParameterLength } = defaults.request
    expect(steps.request).toEqual({ maxBodyBytes, maxParameters, maxParameterLength, offered: [] })
    expect(steps.clientAuthentication).toMatchObject({
      // Assertions need an issuer as their audience.
      methods: new Set(['client_secret_basic', 'client_secret_post']),
      basicEncoding: defaults.clientAuthentication.basicEncoding,
    })
    expect(steps.revocation).toMatchObject(revocationDefaults.revocation)
    expect(steps.response).toEqual({
      retryAfterSeconds: defaults.response.retryAfterSeconds,
      challenge: `Basic realm="${revocationDefaults.clientAuthentication.realm}", charset="UTF-8"`,
    })
    expect(steps.onEvent).toBeUndefined()
    expect(steps.lookup.now()).toBe(1_764_000_000)
  })

  test('copies and freezes the clients', async () => {
    const clientSecrets = ['s3cr3t']
    const options = { ...minimal(), clientAuthentication: { clients: [{ id: 'web', clientSecrets }] } }
    const { clientAuthentication } = resolveRevocationOptions(options)
    clientSecrets.push('another')
    options.clientAuthentication.clients.push({ id: 'mallory', clientSecrets: ['x'] })
    const client = await clientAuthentication.findRegistered('web')
    expect(client).toEqual({ id: 'web', clientSecrets: ['s3cr3t'] })
    expect([client, client?.clientSecrets].map(Object.isFrozen)).toEqual([true, true])
    expect(await clientAuthentication.findRegistered('mallory')).toBeUndefined()
  })

  const client = { id: 'web', clientSecrets: ['s3cr3t'] }
  test.each<[string, object]>([
    ['issuer', { issuer: 'http://as.example.com' }],
    ['authorization', { authorization: {} }],
    ['clientAuthentication.clients', { clientAuthentication: undefined }],
    ['clientAuthentication.clients', { clientAuthentication: {} }],
    ['clientAuthentication.clients', { clientAuthentication: { clients: [client], findClient: () => client } }],
    ['clientAuthentication.clients', { clientAuthentication: { clients: client } }],
    ['clientAuthentication.protectedResources', { clientAuthentication: { protectedResources: [client] } }],
    ['clientAuthentication.findClient', { clientAuthentication: { findClient: 'https://registry.example.com' } }],
    ['clientAuthentication.clients[0].clientSecrets', { clientAuthentication: { clients: [{ id: 'web' }] } }],
    [
      'clientAuthentication.clients[0].audiences',
      { clientAuthentication: { clients: [{ ...client, audiences: ['a'] }] } },
    ],
    ['clientAuthentication.clients[1].id', { clientAuthentication: { clients: [client, client] } }],
    ['clientAuthentication.methods', { clientAuthentication: { clients: [client], methods: ['none'] } }],
    ['clientAuthentication.realm', { clientAuthentication: { clients: [client], realm: 'é' } }],
    ['lookup.store', { lookup: {} }],
    ['lookup.store', { lookup: { store: { find: () => null } } }],
    ['lookup.store', { lookup: { store: { find: () => null, revoke: () => undefined } } }],
    ['lookup.resolvers', { lookup: { ...minimal().lookup, resolvers: [] } }],
    ['lookup.resolvers', { lookup: { ...minimal().lookup, resolvers: [{ resolve: () => null }] } }],
    ['request.maxBodyBytes', { request: { maxBodyBytes: 1 } }],
    ['revocation.accessTokenEndsGrant', { revocation: { accessTokenEndsGrant: 'yes' } }],
    ['revocation.refreshTokenEndsGrant', { revocation: { refreshTokenEndsGrant: false } }],
    ['response.retryAfterSeconds', { response: { retryAfterSeconds: -1 } }],
    ['onEvent', { onEvent: 'log' }],
    ['now', { now: 5 }],
  ])('refuses a wrong %s', (path, changes) => {
    const options = { ...minimal(), ...changes } as unknown as RevocationHandlerOptions
    expect(() => createRevocationHandler(options)).toThrow(TypeError)
    expect(() => createRevocationHandler(options)).toThrow(`${path}: `)
  })
})
