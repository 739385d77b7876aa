import { describe, expect, test } from 'vitest'
import { applyProvider } from './apply-provider.ts'
import { IntrospectionClient } from '../introspection-client.ts'
import type { IntrospectionClientOptions } from '../options.ts'
import { resolveOptions } from '../resolve-options.ts'
import { resolveGuardOptions } from '../policy/resolve-guard.ts'
import type { Provider } from './provider.ts'
import type { ClientContext } from '../transport/client-authentication/client-authentication.ts'
import { clientSecretBasic } from '../transport/client-authentication/client-secret-basic.ts'

const clientAuthentication = clientSecretBasic('api', 's3cr3t')
const provider: Provider = {
  name: 'Acme',
  documentation: 'https://docs.acme.example/introspection',
  issuer: 'https://as.acme.example',
  endpoint: 'https://as.acme.example/introspect',
  token: { tokenTypeHint: 'access_token' },
  transport: { parameters: { client_id: 'api', tenant: 'a' } },
  response: {
    acceptedIssuers: ['urn:acme'],
    aliases: { username: 'user_name', client_id: 'cid' },
    inactiveWhen: [{ status: 204 }],
    tolerate: { scopeAsArray: true, nullAsAbsent: true },
  },
  policy: { tokenKind: { member: 'token_use', oneOf: ['access_token'] } },
}

function resolve(options: object) {
  return resolveOptions({ clientAuthentication, provider, ...options })
}

describe('applyProvider', () => {
  test('gives every option group the values of the preset', () => {
    const { steps, policy } = resolve({})
    expect(steps.transport.endpoint.known).toBe(provider.endpoint)
    expect(steps.transport).toMatchObject({ issuer: provider.issuer, parameters: { client_id: 'api', tenant: 'a' } })
    expect(steps.token.tokenTypeHint).toBe('access_token')
    expect(steps.response).toMatchObject({
      acceptedIssuers: new Set(['urn:acme']),
      inactiveWhen: [{ status: 204 }],
      tolerance: {
        scopeAsArray: true,
        nullAsAbsent: true,
        activeAsString: false,
        aliases: [
          ['client_id', 'cid'],
          ['username', 'user_name'],
        ],
      },
    })
    expect(policy.tokenKind).toEqual({ member: 'token_use', oneOf: ['access_token'] })
  })

  test('lets the options override the preset key by key, and keeps the other keys', () => {
    const { steps, policy } = resolve({
      endpoint: 'https://proxy.example.com/introspect',
      issuer: undefined,
      token: { maxBytes: 100 },
      transport: { deadlineMs: 100, parameters: { tenant: 'b' } },
      response: {
        leewaySeconds: 1,
        acceptedIssuers: ['urn:ours'],
        aliases: { sub: 'uid' },
        tolerate: { nullAsAbsent: false },
      },
      policy: { audience: 'urn:api', tokenKind: { member: 'typ', oneOf: ['at+jwt'] } },
    })
    expect(steps.transport.endpoint.known).toBe('https://proxy.example.com/introspect')
    expect(steps.transport).toMatchObject({ issuer: provider.issuer, parameters: { client_id: 'api', tenant: 'b' } })
    expect(steps.token).toMatchObject({ maxBytes: 100, tokenTypeHint: 'access_token' })
    expect(steps.response.acceptedIssuers).toEqual(new Set(['urn:ours']))
    expect(steps.response.tolerance).toMatchObject({ scopeAsArray: true, nullAsAbsent: false })
    expect(steps.response.tolerance?.aliases.map(([member]) => member).toSorted()).toEqual([
      'client_id',
      'sub',
      'username',
    ])
    expect(policy).toMatchObject({ audience: ['urn:api'], tokenKind: { member: 'typ', oneOf: ['at+jwt'] } })
  })

  test('tells the client authentication how to make assertions', () => {
    const assertion = { typ: 'JWT', sendClientId: true, audienceFrom: 'endpoint' } as const
    const contexts: ClientContext[] = []
    const method = {
      ...clientAuthentication,
      prepare(client: ClientContext) {
        contexts.push(client)
        return clientAuthentication
      },
    }
    resolve({ provider: { ...provider, clientAuthentication: { assertion } }, clientAuthentication: method })
    resolve({ clientAuthentication: method })
    resolve({ provider: undefined, endpoint: provider.endpoint, clientAuthentication: method })
    expect(contexts.map((context) => context.assertion)).toEqual([assertion, {}, undefined])
  })

  test('does not change options without a preset', () => {
    expect(applyProvider({ issuer: 'a' })).toEqual({ issuer: 'a' })
  })

  test('changes neither the preset nor the options', () => {
    const before = structuredClone(provider)
    const options = Object.freeze({
      clientAuthentication,
      provider,
      transport: Object.freeze({ parameters: Object.freeze({ x: 'y' }) }),
    })
    applyProvider(options)
    expect(provider).toEqual(before)
  })

  test.each([
    ['provider', null],
    ['provider', 'keycloak'],
    ['provider.name', { ...provider, name: undefined }],
    ['provider.documentation', { ...provider, documentation: 'http://docs.acme.example' }],
    ['provider.documentation', { ...provider, documentation: undefined }],
    ['provider.cache', { ...provider, cache: {} }],
    ['provider.clientAuthentication.secret', { ...provider, clientAuthentication: { secret: 'x' } }],
    [
      'provider.clientAuthentication.assertion.audience',
      { ...provider, clientAuthentication: { assertion: { audience: 'x' } } },
    ],
    [
      'provider.clientAuthentication.assertion.typ',
      { ...provider, clientAuthentication: { assertion: { typ: 'at+jwt' } } },
    ],
    ['provider.policy.audience', { ...provider, policy: { audience: false } }],
    ['provider.transport.fetch', { ...provider, transport: { fetch: () => undefined } }],
    ['provider.response.jwt', { ...provider, response: { jwt: {} } }],
    ['provider.token.maxBytes', { ...provider, token: { maxBytes: 1 } }],
    ['provider.response', { ...provider, response: [] }],
    ['provider.issuer', { ...provider, issuer: 5 }],
    ['transport.parameters.token', { ...provider, transport: { parameters: { token: 'x' } } }],
    ['response.tolerate.everything', { ...provider, response: { tolerate: { everything: true } } }],
    ['policy.tokenKind.member', { ...provider, policy: { tokenKind: { oneOf: ['x'] } } }],
    ['policy.tokenKind.oneOf', { ...provider, policy: { tokenKind: { member: 'x', oneOf: [] } } }],
  ])('refuses %s of a preset that is wrong', (path, wrong) => {
    const create = () =>
      new IntrospectionClient({ clientAuthentication, provider: wrong } as unknown as IntrospectionClientOptions)
    expect(create).toThrow(TypeError)
    expect(create).toThrow(`${path}: `)
  })

  test("a guard may replace the preset's tokenKind, or switch it off", () => {
    const { policy } = resolve({ policy: { audience: 'urn:api' } })
    expect(resolveGuardOptions({}, policy).policy.tokenKind).toEqual({ member: 'token_use', oneOf: ['access_token'] })
    expect(resolveGuardOptions({ tokenKind: false }, policy).policy.tokenKind).toBeUndefined()
    const own = { member: 'typ', oneOf: ['JWT'] }
    expect(resolveGuardOptions({ tokenKind: own }, policy).policy.tokenKind).toEqual(own)
    expect(() => resolveGuardOptions({ tokenKind: true as unknown as false }, policy)).toThrow('guard.tokenKind: ')
  })
})

describe('the key of an answer in the cache', () => {
  const store = { get: () => undefined, set: () => undefined, delete: () => undefined, clear: () => undefined }
  const cache = { store, keySecret: 'a secret of thirty-two octets or more' }

  async function keyWith(options: object): Promise<string> {
    return resolve({ provider: undefined, endpoint: provider.endpoint, cache, ...options }).steps.token.fingerprint(
      't',
      {},
    )
  }

  test.each([
    ['a hint', { token: { tokenTypeHint: 'access_token' } }],
    ['a parameter', { transport: { parameters: { tenant: 'a' } } }],
    ['another value of it', { transport: { parameters: { tenant: 'b' } } }],
    ['tolerance', { response: { tolerate: { nullAsAbsent: true } } }],
    ['another name', { response: { aliases: { username: 'user_name' } } }],
    ['inactiveWhen', { response: { inactiveWhen: [{ status: 204 }] } }],
  ])('differs by %s of the client (SEC-12)', async (_, options) => {
    const others = await Promise.all(
      [{}, { token: { tokenTypeHint: 'x' } }, { transport: { parameters: { tenant: 'c' } } }].map(keyWith),
    )
    const key = await keyWith(options)
    expect(others).not.toContain(key)
    expect(await keyWith(options)).toBe(key)
  })

  test('does not differ by the order of parameters', async () => {
    const one = await keyWith({ transport: { parameters: { a: '1', b: '2' } } })
    expect(await keyWith({ transport: { parameters: { b: '2', a: '1' } } })).toBe(one)
  })
})
