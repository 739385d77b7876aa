import { describe, expect, test, vi } from 'vitest'
import { type GuardRequest, type OptionalGuard, Refusal } from '../../index.ts'
import { createGatewayHandler } from './create-gateway-handler.ts'
import type { Gateway, GatewayOptions } from './gateway-options.ts'

const GATEWAY = '10.0.0.1'
const asking = {
  nginx: { method: 'GET', url: '/a', fields: { 'x-original-method': 'PUT', 'x-original-uri': '/orders' } },
  traefik: { method: 'GET', url: '/a', fields: { 'x-forwarded-method': 'PUT', 'x-forwarded-uri': '/orders' } },
  caddy: { method: 'GET', url: '/a', fields: { 'x-forwarded-method': 'PUT', 'x-forwarded-uri': '/orders' } },
  envoy: { method: 'PUT', url: '/orders', fields: {} },
} as const
const gateways = Object.keys(asking) as Gateway[]
const alice: OptionalGuard = () =>
  Promise.resolve({
    allowed: true,
    token: { active: true, sub: 'alice' },
    headers: { 'dpop-nonce': 'n', 'cache-control': 'private' },
  })
const forward = { 'X-Auth-Subject': 'sub', 'X-Auth-Client': 'client_id' }

function refusing(status: number, headers: Record<string, string> = {}): OptionalGuard {
  return () => Promise.resolve(new Refusal({ reason: 'unavailable', status, headers, body: '{"error":"a"}' }))
}

function ask(
  guard: OptionalGuard,
  gateway: Gateway,
  options: Partial<GatewayOptions> = {},
  fields: Record<string, string> = {},
  remoteAddress: GuardRequest['remoteAddress'] = GATEWAY,
) {
  const { method, url, fields: ofGateway } = asking[gateway]
  const isTrustedGateway = (address: string | undefined) => address === GATEWAY
  const handler = createGatewayHandler(guard, { gateway, isTrustedGateway, forward, ...options })
  return handler.handle({ method, url, headers: new Headers({ ...ofGateway, ...fields }), remoteAddress })
}

describe.each(gateways)('a handler for %s', (gateway) => {
  test('asks the guard about the original request', async () => {
    const guard = vi.fn(alice)
    await ask(guard, gateway, {}, { authorization: 'Bearer abc' })
    expect(guard).toHaveBeenCalledTimes(1)
    const [request] = guard.mock.calls[0] as [GuardRequest]
    expect([request.method, request.url, request.headers.get('authorization')]).toEqual([
      'PUT',
      '/orders',
      'Bearer abc',
    ])
  })

  test('answers 200 with the identity, which nobody may keep', async () => {
    const { status, headers, body } = await ask(alice, gateway)
    expect([status, body]).toEqual([200, ''])
    expect(headers).toEqual({
      'dpop-nonce': 'n',
      'cache-control': 'no-store',
      'x-auth-subject': 'alice',
      ...(gateway === 'envoy' ? { 'x-envoy-auth-headers-to-remove': 'x-auth-client' } : { 'x-auth-client': '' }),
    })
  })

  test.each([
    [400, { 'www-authenticate': 'Bearer error="invalid_request"' }, 401],
    [401, { 'www-authenticate': 'Bearer' }, 401],
    [403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }, 403],
    [403, {}, 403],
    [413, {}, 403],
    [431, {}, 403],
    [500, {}, 500],
    [502, {}, 502],
    [503, { 'retry-after': '7' }, 503],
  ])('passes on a refusal with %i and %o; nginx gets %i', async (status, headers, forNginx) => {
    const expected = gateway === 'nginx' ? forNginx : status
    expect(await ask(refusing(status, headers), gateway)).toEqual({ status: expected, headers, body: '{"error":"a"}' })
  })

  test.each([
    ['another address', '203.0.113.9'],
    ['an unknown address', () => undefined],
    ['an address that begins like it', `${GATEWAY}0`],
  ])('refuses %s with 403, and asks no guard', async (_, address) => {
    const guard = vi.fn(alice)
    expect(await ask(guard, gateway, {}, { 'x-forwarded-for': GATEWAY }, address)).toMatchObject({ status: 403 })
    expect(guard).not.toHaveBeenCalled()
  })

  test('knows the gateway by an IPv4 address inside an IPv6 one, and takes no promise for trust', async () => {
    expect(await ask(alice, gateway, {}, {}, `::ffff:${GATEWAY}`)).toMatchObject({ status: 200 })
    const promising = { isTrustedGateway: (() => Promise.resolve(true)) as never }
    expect(await ask(alice, gateway, promising)).toMatchObject({ status: 403 })
  })

  test.each(['x-auth-subject', 'X-AUTH-CLIENT', 'x_auth_subject', 'X-Auth_Subject'])(
    'refuses a request that still has the identity field %s from outside',
    async (name) => {
      const guard = vi.fn(alice)
      const { status, headers } = await ask(guard, gateway, {}, { [name]: 'admin' })
      expect(status).toBe(gateway === 'nginx' ? 403 : 400)
      expect(JSON.stringify(headers)).not.toMatch(/alice|admin/)
      expect(guard).not.toHaveBeenCalled()
    },
  )

  test('refuses a preflight, which no 204 may let through, or passes it without an identity', async () => {
    const guard = vi.fn(alice)
    const preflight = { origin: 'https://app.example.com', 'access-control-request-method': 'PUT' }
    const send = (options: Partial<GatewayOptions>) => {
      const handler = createGatewayHandler(guard, { gateway, isTrustedGateway: () => true, forward, ...options })
      const { url, fields } = asking[gateway]
      const method = Object.fromEntries(
        Object.keys(fields).map((name) => [name, name.endsWith('method') ? 'OPTIONS' : '/orders']),
      )
      return handler.handle({ method: 'OPTIONS', url, headers: new Headers({ ...method, ...preflight }) })
    }
    expect(await send({})).toMatchObject({ status: 403 })
    const { status, headers } = await send({ passPreflights: true })
    expect([status, headers['x-auth-subject']]).toEqual([200, gateway === 'envoy' ? undefined : ''])
    expect(guard).not.toHaveBeenCalled()
  })

  test.each<[string, OptionalGuard, Partial<GatewayOptions>]>([
    ['the guard rejects', () => Promise.reject(new Error('a bug')), {}],
    [
      'the guard throws',
      () => {
        throw new Error('a bug')
      },
      {},
    ],
    ['the guard returns nothing', () => Promise.resolve(undefined as never), {}],
    [
      'a function of forward throws',
      alice,
      { forward: { 'x-auth-subject': (token) => (token as never as { a: { b: string } }).a.b } },
    ],
    [
      'the identity is too long',
      () => Promise.resolve({ allowed: true, token: { active: true, sub: 'a'.repeat(99) }, headers: {} }),
      { maxForwardedBytes: 64 },
    ],
    [
      'the identity has a broken character',
      () => Promise.resolve({ allowed: true, token: { active: true, sub: '\ud800' }, headers: {} }),
      {},
    ],
  ])('answers 500 and reports the error when %s', async (_, guard, options) => {
    const onError = vi.fn<(error: unknown) => void>()
    const { status, headers, body } = await ask(guard, gateway, { onError, ...options })
    expect([status, body]).toEqual([500, '{"error":"server_error"}'])
    expect(headers).not.toHaveProperty('x-auth-subject')
    expect(onError.mock.calls).toEqual([[expect.any(Error)]])
  })

  test('answers 500 when onError throws, too', async () => {
    const onError = vi.fn<() => void>().mockThrow(new Error('no log'))
    expect(await ask(() => Promise.reject(new Error('a bug')), gateway, { onError })).toMatchObject({ status: 500 })
  })

  test('lets a request without a token pass an optional guard, with empty identity fields', async () => {
    const { status, headers } = await ask(
      () => Promise.resolve({ allowed: true, token: undefined, headers: {} }),
      gateway,
    )
    expect(status).toBe(200)
    if (gateway === 'envoy') expect(headers['x-envoy-auth-headers-to-remove']).toBe('x-auth-subject,x-auth-client')
    else expect(headers).toMatchObject({ 'x-auth-subject': '', 'x-auth-client': '' })
  })
})

describe('createGatewayHandler', () => {
  test('answers 500 when the gateway does not send the original request', async () => {
    const onError = vi.fn<(error: unknown) => void>()
    const handler = createGatewayHandler(alice, { gateway: 'nginx', isTrustedGateway: () => true, onError })
    expect(await handler.handle({ method: 'GET', url: '/', headers: new Headers() })).toMatchObject({ status: 500 })
    expect(String(onError.mock.calls)).toBe('Error: the gateway does not send the field x-original-method')
  })

  test('answers a web Request', async () => {
    const handler = createGatewayHandler(alice, {
      gateway: 'envoy',
      isTrustedGateway: () => true,
      forward,
      pathPrefix: '/check',
    })
    const response = await handler(new Request('http://authorizer:4000/check/orders', { method: 'DELETE' }))
    expect([response.status, response.headers.get('x-auth-subject')]).toEqual([200, 'alice'])
    const refused = createGatewayHandler(refusing(401, { 'www-authenticate': 'Bearer' }), {
      gateway: 'envoy',
      isTrustedGateway: () => true,
    })
    const challenge = await refused(new Request('http://authorizer:4000/orders'))
    expect([challenge.status, challenge.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })

  test.each<[string, object, RegExp]>([
    ['no gateway', { isTrustedGateway: () => true }, /^gateway: is required/],
    ['an unknown gateway', { gateway: 'apache', isTrustedGateway: () => true }, /^gateway: must be one of/],
    ['no trusted gateway', { gateway: 'nginx' }, /^isTrustedGateway: is required/],
    [
      'a prefix with another gateway',
      { gateway: 'nginx', isTrustedGateway: () => true, pathPrefix: '/a' },
      /^pathPrefix: is for envoy/,
    ],
    [
      'a prefix that ends with /',
      { gateway: 'envoy', isTrustedGateway: () => true, pathPrefix: '/a/' },
      /^pathPrefix: must be/,
    ],
    [
      'too little room',
      { gateway: 'nginx', isTrustedGateway: () => true, maxForwardedBytes: 63 },
      /^maxForwardedBytes: /,
    ],
  ])('cannot be created with %s', (_, options, message) => {
    expect(() => createGatewayHandler(alice, options as GatewayOptions)).toThrow(message)
  })

  test('refuses a client in place of a guard', () => {
    const client = { guard: alice }
    expect(() => createGatewayHandler(client as never, { gateway: 'nginx', isTrustedGateway: () => true })).toThrow(
      'guard:',
    )
  })
})
