import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createIntrospectionHandler } from './create-introspection-handler.ts'
import { createMemoryTokenStore } from './stores/memory/memory-token-store.ts'
import { defaults, type IntrospectionHandlerOptions, resolveOptions } from './options.ts'
import { feedDefaults } from './feed/feed-options.ts'
import { jwtResponseDefaults } from './response/jwt-response-options.ts'

/** The smallest valid options. */
function minimal() {
  return {
    issuer: 'https://as.example.com',
    clientAuthentication: { protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'] }] },
    lookup: { store: createMemoryTokenStore() },
  } satisfies IntrospectionHandlerOptions
}

/** The smallest valid options with one option changed. */
function withOption(path: string, value: unknown): IntrospectionHandlerOptions {
  const options: Record<string, unknown> = { ...minimal() }
  let group = options
  const names = path.split(/[.[\]]+/).filter((name) => name !== '')
  for (const name of names.slice(0, -1)) {
    const inner = group[name] ?? {}
    group[name] = Array.isArray(inner) ? [...(inner as unknown[])] : { ...inner }
    group = group[name] as Record<string, unknown>
  }
  group[names.at(-1) as string] = value
  return options as unknown as IntrospectionHandlerOptions
}

function errorOf(options: unknown): unknown {
  try {
    createIntrospectionHandler(options as IntrospectionHandlerOptions)
    return undefined
  } catch (error) {
    return error
  }
}

function expectTypeError(options: unknown, path: string): void {
  const error = errorOf(options)
  expect(error).toBeInstanceOf(TypeError)
  expect((error as TypeError).message).toMatch(new RegExp(`^${path.replace(/[.[\]]/g, '\\$&')}: `))
}

describe('resolveOptions', () => {
  test('accepts the smallest options, and applies every default', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_764_000_000_000 })
    onTestFinished(() => void vi.useRealTimers())
    const steps = resolveOptions(minimal())
    const { maxTokenLength, ...request } = defaults.request
    expect(steps.request).toEqual({ ...request, offered: ['application/json'] })
    expect(steps.limits).toMatchObject({ ...defaults.limits, limiter: undefined, timeoutMs: defaults.timeoutMs })
    expect(steps.clientAuthentication).toMatchObject({
      methods: new Set(defaults.clientAuthentication.methods),
      basicEncoding: defaults.clientAuthentication.basicEncoding,
    })
    expect(steps.authorization).toMatchObject({ ...defaults.authorization, timeoutMs: defaults.timeoutMs })
    expect(steps.lookup).toMatchObject({
      isMinted: undefined,
      isActive: undefined,
      maxTokenLength,
      timeoutMs: defaults.timeoutMs,
    })
    expect(steps.lookup.resolvers).toHaveLength(1)
    expect(steps.response).toMatchObject({
      retryAfterSeconds: defaults.response.retryAfterSeconds,
      jwt: undefined,
      claims: undefined,
      issuer: 'https://as.example.com',
    })
    expect(steps.response.challenge).toContain(`realm="${defaults.clientAuthentication.realm}"`)
    expect(steps.onEvent).toBeUndefined()
    expect(steps.lookup.now()).toBe(1_764_000_000)
  })

  test('treats undefined as absent', () => {
    const absent = {
      request: undefined,
      response: undefined,
      authorization: undefined,
      claims: undefined,
      now: undefined,
    }
    const clientAuthentication = { ...minimal().clientAuthentication, methods: undefined, realm: undefined }
    const { request } = resolveOptions(minimal())
    expect(resolveOptions({ ...minimal(), ...absent, clientAuthentication }).request).toEqual(request)
  })

  test.each([
    'maxBodyBytes',
    'request.maxBodybytes',
    'clientAuthentication.secrets',
    'clientAuthentication.protectedResources[0].clientSecret',
    'lookup.find',
    'authorization.policy',
    'limits.points',
    'lookup.hint',
    'clientAuthentication.protectedResources[0].view.claim',
    'response.retryAfter',
    'onevent',
  ])('refuses the unknown option %s', (path) => {
    const options = withOption(path, 1)
    expectTypeError(options, path)
    expect((errorOf(options) as TypeError).message).toContain('unknown option')
  })

  test.each<[path: string, value: unknown, at?: string]>([
    ['issuer', undefined],
    ['issuer', ''],
    ['issuer', 7],
    ['issuer', new URL('https://as.example.com')],
    ['issuer', 'as.example.com'],
    ['issuer', 'http://as.example.com'],
    ['issuer', 'http://localhost'],
    ['issuer', 'https://as.example.com?tenant=a'],
    ['issuer', 'https://as.example.com#a'],
    ['allowHttpOnLoopback', 'yes'],
    ['request', 5],
    ['request', []],
    ['request', null],
    ['request.maxBodyBytes', 255],
    ['request.maxBodyBytes', 2 ** 24 + 1],
    ['request.maxBodyBytes', Number.NaN],
    ['request.maxBodyBytes', Number.POSITIVE_INFINITY],
    ['request.maxBodyBytes', '32768'],
    ['request.maxBodyBytes', 1000.5],
    ['request.maxParameters', 3],
    ['request.maxParameters', 4097],
    ['request.maxParameters', null],
    ['request.maxParameterLength', 255],
    ['request.maxParameterLength', Number.POSITIVE_INFINITY],
    ['request.maxTokenLength', 15],
    ['request.maxTokenLength', Number.NaN],
    ['request.maxHintLength', 31],
    ['request.maxHintLength', '256'],
    ['clientAuthentication', undefined, 'clientAuthentication.protectedResources'],
    ['clientAuthentication', 'none'],
    ['clientAuthentication.protectedResources', undefined],
    ['clientAuthentication.protectedResources', {}],
    ['clientAuthentication.protectedResources[0]', undefined, 'clientAuthentication.protectedResources[0].id'],
    ['clientAuthentication.protectedResources[0]', null],
    ['clientAuthentication.protectedResources[0]', 'orders-api'],
    ['clientAuthentication.protectedResources[0].id', ''],
    ['clientAuthentication.protectedResources[0].id', undefined],
    ['clientAuthentication.protectedResources[0].clientSecrets', undefined],
    ['clientAuthentication.protectedResources[0].clientSecrets', []],
    [
      'clientAuthentication.protectedResources[0].clientSecrets',
      [''],
      'clientAuthentication.protectedResources[0].clientSecrets[0]',
    ],
    [
      'clientAuthentication.protectedResources[0].clientSecrets',
      ['a', undefined],
      'clientAuthentication.protectedResources[0].clientSecrets[1]',
    ],
    ['clientAuthentication.protectedResources[0].clientSecrets', 's3cr3t'],
    ['clientAuthentication.protectedResources[0].audiences', 'https://orders.example.com'],
    ['clientAuthentication.protectedResources[0].audiences', ['']],
    [
      'clientAuthentication.protectedResources[1]',
      { id: 'orders-api', clientSecrets: ['b'] },
      'clientAuthentication.protectedResources[1].id',
    ],
    ['clientAuthentication.findProtectedResource', () => undefined, 'clientAuthentication.protectedResources'],
    [
      'clientAuthentication',
      { findProtectedResource: 'https://registry.example.com' },
      'clientAuthentication.findProtectedResource',
    ],
    ['clientAuthentication.methods', []],
    ['clientAuthentication.methods', 'client_secret_basic'],
    ['clientAuthentication.methods', ['none']],
    ['clientAuthentication.methods', ['client_secret_basic', 'tls_client_auth']],
    ['clientAuthentication.methods', ['Bearer']],
    ['clientAuthentication.basicEncoding', 'raw'],
    ['clientAuthentication.basicEncoding', true],
    ['clientAuthentication.realm', ''],
    ['clientAuthentication.realm', 'é'],
    ['clientAuthentication.realm', 'a\r\nset-cookie: b'],
    ['lookup', undefined, 'lookup.store'],
    ['lookup', null],
    ['lookup.store', undefined],
    ['lookup.store', null],
    ['lookup.store', {}],
    ['lookup.store', new Map()],
    ['lookup', { store: createMemoryTokenStore(), resolvers: [] }, 'lookup.store'],
    ['lookup', { resolvers: [] }, 'lookup.resolvers'],
    ['lookup', { resolvers: {} }, 'lookup.resolvers'],
    ['lookup', { resolvers: [createMemoryTokenStore()] }, 'lookup.resolvers'],
    ['lookup', { resolvers: [undefined] }, 'lookup.resolvers'],
    ['lookup.isMinted', true],
    ['lookup.isActive', 'sub'],
    ['limits.limiter', {}],
    ['limits.missPoints', 0],
    ['limits.missPoints', 1001],
    ['limits.missPoints', 1.5],
    ['timeoutMs', 9],
    ['timeoutMs', 60_001],
    ['timeoutMs', Number.POSITIVE_INFINITY],
    ['clientAuthentication.protectedResources[0].limiter', () => undefined],
    ['clientAuthentication.protectedResources[0].view', ['sub']],
    ['clientAuthentication.protectedResources[0].view.scopes', 'orders:read'],
    ['clientAuthentication.protectedResources[0].view.members', [7]],
    ['clientAuthentication.protectedResources[0].view.subject', 'pairwise'],
    ['claims', {}],
    ['claims', null],
    ['claims', { '~standard': {} }],
    ['authorization.allow', true],
    ['authorization.refreshTokens', 'own'],
    ['response.retryAfterSeconds', -1],
    ['response.retryAfterSeconds', 3601],
    ['response.retryAfterSeconds', 0.5],
    ['onEvent', 'log'],
    ['now', 1_764_000_000],
  ])('refuses %s: %j', (path, value, at = path) => {
    expectTypeError(withOption(path, value), at)
  })

  test.each([undefined, null, 'https://as.example.com', []])('refuses %j instead of options', (options) => {
    expect(errorOf(options)).toBeInstanceOf(TypeError)
  })

  test.each<[path: string, value: unknown]>([
    ['request.maxBodyBytes', 256],
    ['request.maxBodyBytes', 2 ** 24],
    ['request.maxParameters', 4],
    ['request.maxParameters', 4096],
    ['request.maxParameterLength', 256],
    ['request.maxTokenLength', 16],
    ['request.maxHintLength', 32],
    ['response.retryAfterSeconds', 0],
    ['response.retryAfterSeconds', 3600],
    ['clientAuthentication.methods', ['client_secret_post']],
    ['clientAuthentication.realm', 'a "b"'],
    ['clientAuthentication.protectedResources', []],
    ['issuer', 'https://as.example.com:8443/tenant/a'],
  ])('takes %s: %j', (path, value) => {
    expect(errorOf(withOption(path, value))).toBeUndefined()
  })

  test.each(['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:1/a'])(
    'accepts %s when the option allows it',
    (issuer) => {
      expect(errorOf({ ...minimal(), issuer, allowHttpOnLoopback: true })).toBeUndefined()
      expectTypeError({ ...minimal(), issuer }, 'issuer')
    },
  )

  test('accepts http nowhere else', () => {
    expectTypeError({ ...minimal(), issuer: 'http://as.example.com', allowHttpOnLoopback: true }, 'issuer')
  })

  test.each([
    ['instead of a list', 's3cr3t-Wq8z'],
    ['beside one that is empty', ['s3cr3t-Wq8z', '']],
    ['inside an object', [{ value: 's3cr3t-Wq8z' }]],
  ])('never shows a secret %s', (_, clientSecrets) => {
    const error = errorOf(withOption('clientAuthentication.protectedResources[0].clientSecrets', clientSecrets))
    expect((error as TypeError).message).not.toContain('s3cr3t')
  })

  test('does not change the options of the caller', () => {
    const options = deepFreeze({
      ...minimal(),
      request: { maxBodyBytes: 300 },
      clientAuthentication: { ...minimal().clientAuthentication, methods: ['client_secret_basic'] as const },
    })
    const before = JSON.stringify(options)
    expect(errorOf(options)).toBeUndefined()
    expect(JSON.stringify(options)).toBe(before)
  })

  test('ignores later changes to the options', async () => {
    const clientSecrets = ['s3cr3t']
    const audiences = ['a']
    const protectedResources = [{ id: 'orders-api', clientSecrets, audiences }]
    const methods: ('client_secret_basic' | 'client_secret_post')[] = ['client_secret_basic']
    const request = { maxBodyBytes: 300 }
    const options = { ...minimal(), request, clientAuthentication: { protectedResources, methods } }
    const steps = resolveOptions(options)

    clientSecrets.push('another')
    audiences.push('b')
    methods.push('client_secret_post')
    protectedResources.push({ id: 'mallory', clientSecrets: ['x'], audiences: [] })
    request.maxBodyBytes = 2 ** 24
    options.issuer = 'https://evil.example.com'

    expect(await steps.clientAuthentication.findRegistered('orders-api')).toMatchObject({
      id: 'orders-api',
      clientSecrets: ['s3cr3t'],
      audiences: ['a'],
    })
    expect(await steps.clientAuthentication.findRegistered('mallory')).toBeUndefined()
    expect([...steps.clientAuthentication.methods]).toEqual(['client_secret_basic'])
    expect(steps.request.maxBodyBytes).toBe(300)
    expect(steps.response.issuer).toBe('https://as.example.com')
  })

  test('reads every option once', () => {
    let reads = 0
    const options = Object.defineProperty(minimal(), 'issuer', {
      enumerable: true,
      get: () => (reads++ === 0 ? 'https://as.example.com' : 'https://evil.example.com'),
    })
    expect(resolveOptions(options).response.issuer).toBe('https://as.example.com')
    expect(reads).toBe(1)
  })
})

/** The files that document options, their defaults, and the documented word where a default is not a plain value. */
const DOCUMENTED: readonly [file: string, values: object, said: Readonly<Record<string, string>>][] = [
  ['options.ts', defaults, { now: '`Date.now`' }],
  ['request/request-options.ts', defaults.request, {}],
  [
    'client-authentication/client-authentication-options.ts',
    defaults.clientAuthentication,
    {
      methods: '`client_secret_basic`',
      verifySecret: 'none',
      decoySecret: 'the',
      failures: String(defaults.clientAuthentication.failures.points),
      remoteAddress: 'the',
      replayStore: 'one',
      fetchJwks: '`fetch`',
    },
  ],
  [
    'client-authentication/assertion-options.ts',
    defaults.clientAuthentication.assertion,
    { legacyAudiences: 'none', algorithms: 'every' },
  ],
  [
    'client-authentication/access-token-options.ts',
    defaults.clientAuthentication.accessToken,
    { audience: 'the', dpopAlgorithms: 'PS256' },
  ],
  ['limits/limits-options.ts', defaults.limits, { limiter: 'none' }],
  ['authorization/authorization-options.ts', defaults.authorization, { allow: '{@link audienceOrOwner}' }],
  ['response/response-options.ts', defaults.response, { jwt: 'JSON' }],
  ['response/jwt-response-options.ts', jwtResponseDefaults, {}],
  ['feed/feed-options.ts', feedDefaults, {}],
]

describe('the documentation of the options', () => {
  test.each(DOCUMENTED)('states in %s the default of every option that has one', (file, values, said) => {
    const expected: Record<string, string> = { ...said }
    for (const [name, value] of Object.entries(values) as [string, string | number | boolean | object][]) {
      if (typeof value === 'object' || name in expected) continue
      expected[name] = typeof value === 'number' ? String(value) : `\`${value}\``
    }
    const documented = readDocumentedDefaults(file)
    expect(Object.keys(documented).toSorted()).toEqual(Object.keys(expected).toSorted())
    for (const name of Object.keys(expected)) expect(plain(documented[name]), name).toBe(plain(expected[name]))
  })

  test('concerns defaults that are frozen', () => {
    const objects = Object.values(defaults).filter((value) => typeof value === 'object')
    expect(objects.every(Object.isFrozen) && Object.isFrozen(defaults)).toBe(true)
  })
})

/** Compares words and numbers with and without code marks. */
function plain(value: string | undefined): string | undefined {
  return value?.replaceAll('`', '')
}

/** The text after the word "Default" in the comment above each option of a file. */
function readDocumentedDefaults(file: string): Record<string, string | undefined> {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8')
  const commented = source.matchAll(/\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*readonly (\w+)\??:/g)
  const stated: Record<string, string | undefined> = {}
  for (const [, comment = '', name = ''] of commented) {
    const text = comment.replaceAll(/\s*\n\s*\* ?/g, ' ')
    const match = /\bDefault:? (`[^`]+`|\{@link \w+\}|\w+)/.exec(text)
    if (match !== null) stated[name] = match[1]
  }
  return stated
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const member of Object.values(value) as unknown[]) {
    if (typeof member === 'object' && member !== null && !('find' in member)) deepFreeze(member)
  }
  return Object.freeze(value)
}
