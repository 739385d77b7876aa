/** Secrets that functions find: creating a client asks for none, and a failure refuses no token as bad. */
import { createRevocationKeys } from '@token-introspection/core/revocations'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  bearerTokenProvider,
  type ClientAuthentication,
  clientCredentials,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  customClientAuthentication,
  IntrospectionClient,
  privateKeyJwt,
  privateKeyJwtFromSigner,
  rotatingClientSecret,
  TransportUnreachableError,
} from '../../src/index.ts'
import { MemoryCacheStore } from '../../src/cache/memory-cache-store.ts'
import { createEncryptedCacheStore } from '../../src/cache-stores/index.ts'
import { followFeed } from '../../src/feed/index.ts'
import {
  createClient as createSignedClient,
  createKey,
  createRecipient,
  createServer,
  encrypt,
  sign,
} from '../signing-authorization-server.ts'

const SECRET = 'a secret of at least thirty-two characters'

function createClient(find: () => string | Promise<string>, types: string[] = []) {
  return new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', find),
    audience: 'urn:orders',
    cache: {
      store: new MemoryCacheStore({ maxEntries: 10, inactiveMaxEntries: 10, followed: undefined }),
      keySecret: find,
    },
    policy: { dpop: { origin: 'https://orders.example.com', nonce: { secret: find } } },
    transport: { fetch: async () => Response.json({ active: true, sub: 'alice', aud: 'urn:orders' }) },
    onWarning: false,
    onEvent: ({ type }) => types.push(type),
  })
}

const request = () => new Request('https://orders.example.com/', { headers: { authorization: 'Bearer good' } })

describe('a client whose secrets are functions', () => {
  test('asks for no secret when it is created, and for all when it is used', async () => {
    let calls = 0
    const client = createClient(() => {
      calls++
      return Promise.resolve(SECRET)
    })
    const guard = client.guard()
    followFeed({ keySecret: () => String(calls++) })
    expect(calls).toBe(0)
    expect((await guard(request())).allowed).toBe(true)
    expect(calls).toBeGreaterThan(0)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no vault')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no vault'))],
    ['returns no secret', () => ''],
  ])('answers 503 while a function %s, and goes on when it has the secret', async (_, fail) => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    let find: () => string | Promise<string> = fail
    const types: string[] = []
    const client = createClient(() => find(), types)
    const guard = client.guard()
    const refused = await guard(request())
    expect(refused).toMatchObject({ allowed: false, status: 503, error: { code: 'ERR_SECRET_UNAVAILABLE' } })
    expect(types).toContain('guarded')
    find = () => SECRET
    vi.advanceTimersByTime(1000)
    expect((await guard(request())).allowed).toBe(true)
  })
})

test('a feed makes keys with the secret that its function finds, and asks again a second after a failure', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const found: (string | Promise<string>)[] = ['', Promise.reject(new Error('no vault')), SECRET]
  const { keyOf } = followFeed({ keySecret: () => found.shift() ?? '' })
  for (const _ of ['too short', 'rejected']) {
    await expect(async () => keyOf?.('session', 's1')).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
    vi.advanceTimersByTime(1000)
  }
  expect(await keyOf?.('session', 's1')).toBe(await createRevocationKeys(SECRET)('session', 's1'))
  expect(await keyOf?.('subject', 'alice')).toBe(await createRevocationKeys(SECRET)('subject', 'alice'))
  expect(found).toEqual([])
})

/** Every method with a function, and the option that is the function. */
const METHODS: [string, string, (find: () => string) => ClientAuthentication][] = [
  ['clientSecretBasic', 'clientSecret', (find) => clientSecretBasic('orders-api', find)],
  ['clientSecretPost', 'clientSecret', (find) => clientSecretPost('orders-api', find)],
  ['clientSecretJwt', 'clientSecret', (find) => clientSecretJwt('orders-api', find, { audience: 'urn:as' })],
  ['privateKeyJwt', 'key', (find) => privateKeyJwt('orders-api', find, { audience: 'urn:as' })],
  [
    'privateKeyJwtFromSigner',
    'signer.sign',
    (find) =>
      privateKeyJwtFromSigner(
        'orders-api',
        { algorithm: 'ES256', sign: async () => find() as never },
        { audience: 'urn:as' },
      ),
  ],
  ['rotatingClientSecret', 'clientSecret', (find) => rotatingClientSecret('orders-api', find)],
  ['bearerTokenProvider', 'findToken', (find) => bearerTokenProvider(find)],
  [
    'clientCredentials',
    'clientSecret',
    (find) =>
      clientCredentials({
        clientAuthentication: clientSecretBasic('orders-api', find),
        tokenEndpoint: 'https://as.example.com/token',
      }),
  ],
]

const FAILURES: [string, () => string][] = [
  ['returns an empty string', () => ''],
  ['returns nothing', () => undefined as never],
  [
    'throws',
    () => {
      throw new Error('the vault said s3cr3t')
    },
  ],
]

const CUSTOM: typeof METHODS = (['authenticate', 'signRequest'] as const).map((option) => [
  'customClientAuthentication',
  option,
  (find) => customClientAuthentication({ method: 'gateway', [option]: find }),
])

describe.each([
  ...METHODS.flatMap((method) => FAILURES.map((failure) => [...method, ...failure] as const)),
  ...CUSTOM.flatMap((method) => FAILURES.slice(2).map((failure) => [...method, ...failure] as const)),
])('%s with a function in %s', (_, option, authenticateWith, failing, find) => {
  function createFailing() {
    const told: { events: string[]; warnings: string[] } = { events: [], warnings: [] }
    const client = new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: authenticateWith(find),
      audience: 'urn:orders',
      transport: { fetch: async () => Response.json({ active: true, aud: 'urn:orders' }) },
      onWarning: ({ code }) => told.warnings.push(code),
      onEvent: (event) => {
        if (event.type === 'failed') told.events.push(event.error.code)
      },
    })
    return { client, told }
  }

  const message = new RegExp(`^${option}: .*function.*variable.*vault`)

  test(`that ${failing} refuses with 503, and tells the event and the warning`, async () => {
    const { client, told } = createFailing()
    const refused = await client.guard()(request())
    expect(refused).toMatchObject({ allowed: false, status: 503, error: { code: 'ERR_SECRET_UNAVAILABLE' } })
    expect((refused as { error?: Error }).error?.message).toMatch(message)
    expect((refused as { error?: Error }).error?.message).not.toContain('s3cr3t')
    expect(told.events).toEqual(['ERR_SECRET_UNAVAILABLE'])
    expect(told.warnings).toEqual(['ERR_SECRET_UNAVAILABLE'])
  })

  test(`that ${failing} is named by check() and explain()`, async () => {
    const { client } = createFailing()
    const checked = await client.check()
    expect(checked).toMatchObject({ ok: false, step: 'credentials', side: 'resource_server' })
    expect((checked as { remedy?: string }).remedy).toContain('Set the variable')
    const { steps } = await client.explain('good')
    const transport = steps.find(({ step }) => step === 'transport')
    expect(transport).toMatchObject({
      outcome: 'failed',
      error: { code: 'ERR_SECRET_UNAVAILABLE', side: 'resource_server' },
    })
    expect(transport?.detail).toMatch(new RegExp(`^nothing was asked: ${message.source.slice(1)}`))
  })
})

/** An object of the application whose function does something. The endpoint refuses its credentials. */
function ownAuthentication(name: 'authenticate' | 'signRequest' | 'renew', run: () => never): ClientAuthentication {
  return { method: 'gateway', clientId: 'orders-api', authenticate: () => undefined, [name]: run }
}

describe.each(['authenticate', 'signRequest', 'renew'] as const)('an own object whose %s', (name) => {
  const introspectWith = (run: () => never) =>
    new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: ownAuthentication(name, run),
      audience: 'urn:orders',
      transport: { fetch: async () => new Response(null, { status: 401 }), retry: false },
      onWarning: false,
    })

  test.each<[string, () => unknown]>([
    [
      'throws an error',
      () => {
        throw new TypeError('cannot read s3cr3t of undefined')
      },
    ],
    [
      'throws a text',
      () => {
        // An application can throw anything.
        // oxlint-disable-next-line typescript/only-throw-error
        throw 's3cr3t'
      },
    ],
    ['rejects', () => Promise.reject(new Error('the vault said s3cr3t'))],
  ])('%s fails calls with a coded error, and guards answer 503', async (_, run) => {
    const client = introspectWith(run as () => never)
    const message = expect.stringMatching(new RegExp(`^clientAuthentication\\.${name}: `)) as string
    const failure = await client.introspect('good').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE', message })
    expect(String(failure)).not.toContain('s3cr3t')
    const error = { code: 'ERR_SECRET_UNAVAILABLE', message }
    expect(await client.guard()(request())).toMatchObject({ allowed: false, status: 503, error })
    expect(await client.check()).toMatchObject({ ok: false, error })
  })

  test('keeps a coded error of another client', async () => {
    const client = introspectWith(() => {
      throw new TransportUnreachableError('the token endpoint cannot be reached')
    })
    await expect(client.introspect('good')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
  })
})

const recipient = await createRecipient('ECDH-ES')
const signingKey = await createKey()
const encryptedAnswer = await encrypt(recipient, await sign(signingKey))

/** A client of a server whose answers are encrypted. */
function createDecrypting(decryptionKeys: () => never, deadlineMs?: number) {
  const as = createServer([signingKey.published], encryptedAnswer)
  return createSignedClient(as, { decryptionKeys }, { ...(deadlineMs !== undefined && { deadlineMs }) })
}

const KEYS = [{ alg: 'ECDH-ES', key: recipient.privateKey }]

describe('a function in response.jwt.decryptionKeys', () => {
  test('is called for the first encrypted answer, and again after a minute', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const find = vi.fn<() => never>(() => Promise.resolve(KEYS) as never)
    const client = createDecrypting(find)
    expect(find).not.toHaveBeenCalled()
    for (const token of ['a', 'b']) expect(await client.introspect(token)).toMatchObject({ active: true })
    expect(find).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(60_000)
    expect(await client.introspect('c')).toMatchObject({ active: true })
    expect(find).toHaveBeenCalledTimes(2)
  })

  test.each<[string, () => unknown]>([
    ...FAILURES,
    ['rejects', () => Promise.reject(new Error('the vault said s3cr3t'))],
    ['returns public keys', () => [{ alg: 'ECDH-ES', key: { kty: 'EC', crv: 'P-256', x: '', y: '' } }]],
  ])('that %s fails the call, and is called again a second later', async (_, fail) => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    let find = fail
    const client = createDecrypting(() => find() as never)
    const failure = await client.introspect('a').catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'ERR_SECRET_UNAVAILABLE',
      message: expect.stringContaining('response.jwt.decryptionKeys: ') as string,
    })
    expect(String(failure)).not.toContain('s3cr3t')
    expect(await client.check()).toMatchObject({ ok: false, step: 'keys', side: 'resource_server' })
    find = () => KEYS
    vi.advanceTimersByTime(1000)
    expect(await client.introspect('a')).toMatchObject({ active: true })
  })

  test('that never answers fails the call', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const called = Promise.withResolvers<void>()
    const find = () => {
      called.resolve()
      return new Promise(() => undefined) as never
    }
    const failed = createDecrypting(find, 20_000)
      .introspect('a')
      .catch((error: unknown) => error)
    await called.promise
    await vi.advanceTimersByTimeAsync(5000)
    expect(await failed).toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
  })
})

function createEncrypted(secrets: () => never) {
  const store = new MemoryCacheStore({ maxEntries: 10, inactiveMaxEntries: 10, followed: undefined })
  return { store, encrypted: createEncryptedCacheStore({ store, secrets }) }
}

describe('a function in secrets of createEncryptedCacheStore', () => {
  const entry = { response: { active: true }, askedAtMs: 1, expiresAtMs: 2 } as const

  test('is called with the first entry, and again after a minute, so that secrets change without a restart', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    let secrets = [SECRET]
    const find = vi.fn<() => never>(() => Promise.resolve(secrets) as never)
    const { encrypted } = createEncrypted(find)
    expect(find).not.toHaveBeenCalled()
    await encrypted.set('a', entry)
    expect(await encrypted.get('a')).toEqual(entry)
    expect(find).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(60_000)
    secrets = ['another secret of at least thirty-two characters']
    await expect(encrypted.get('a')).rejects.toThrow('no secret decrypts the entry')
    expect(find).toHaveBeenCalledTimes(2)
  })

  test.each<[string, () => unknown]>([
    ...FAILURES,
    ['rejects', () => Promise.reject(new Error('the vault said s3cr3t'))],
    ['returns a short secret', () => ['short']],
    ['returns no secret', () => []],
  ])('that %s stores nothing', async (_, fail) => {
    const { encrypted, store } = createEncrypted(() => fail() as never)
    const failure = { code: 'ERR_SECRET_UNAVAILABLE', message: expect.stringMatching(/^secrets: /) as string }
    await expect(encrypted.set('a', entry)).rejects.toMatchObject(failure)
    expect(store.get('a')).toBeUndefined()
    store.set('a', { ...entry, response: Object.assign({ active: false } as const, { sealed: 'AAAA' }) })
    await expect(encrypted.get('a')).rejects.toMatchObject(failure)
  })
})
