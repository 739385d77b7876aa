import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { IntrospectionClient } from './introspection-client.ts'
import { defaults, type IntrospectionClientOptions } from './options.ts'
import { resolveOptions } from './resolve-options.ts'
import type { RevocationFollower } from './revocations/revocation-follower.ts'
import { clientSecretBasic } from './transport/client-authentication/client-secret-basic.ts'

const issuer = 'https://as.example.com'
const endpoint = 'https://as.example.com/introspect'
const clientAuthentication = clientSecretBasic('api', 's3cr3t-value')
const required = { issuer, clientAuthentication }
/** It has the secret of the keys. */
const replayed: RevocationFollower = {
  bound: 'proven',
  keyOf: () => '',
  connect: () => ({ ask: () => Promise.reject(new Error()), replay: () => Promise.reject(new Error()) }),
}
const revocations: RevocationFollower = { bound: 'proven', connect: () => ({ ask: () => Promise.reject(new Error()) }) }

const noop = (): undefined => undefined

/** Options, as a caller without types might give them. */
function resolve(options: object) {
  return resolveOptions({ ...required, ...options })
}

function expectTypeError(act: () => unknown, path: string): void {
  expect(act).toThrow(TypeError)
  const text = (() => {
    try {
      return act()
    } catch (error) {
      return (error as Error).message
    }
  })() as string
  expect(text.slice(0, text.indexOf(':'))).toBe(path)
  expect(text).not.toContain('s3cr3t-value')
}

const groups: Record<string, string> = {
  TokenOptions: 'token',
  CacheOptions: 'cache',
  JwtOptions: 'jwt',
  TransportOptions: 'transport',
  MetadataOptions: 'transport',
  OutageOptions: 'transport',
  CircuitBreakerOptions: 'transport.circuitBreaker',
  ResponseOptions: 'response',
  ToleranceOptions: 'response.tolerate',
  PolicyOptions: 'policy',
  WatchOptions: 'watch',
}

describe('what the documentation of the options says', () => {
  const documented = documentedOptions()

  test('covers every option group', () => {
    expect(documented.map((option) => option.path)).toEqual(
      expect.arrayContaining(['token.maxBytes', 'transport.deadlineMs', 'response.leewaySeconds', 'policy.realm']),
    )
  })

  test('lists every default, and no other', () => {
    const stated = documented.filter((option) => option.default !== undefined)
    expect(Object.fromEntries(stated.map((option) => [option.path, option.default]))).toEqual(
      Object.fromEntries(flatten(defaults)),
    )
  })

  const bounded = documented.filter((option) => option.bounds !== undefined)

  test.each(bounded)('states the bounds of $path', ({ group, name, path, bounds }) => {
    const [min, max] = bounds as [number, number]
    // Some options of the cache are refused without a feed.
    const others = group === 'cache' ? { revocations } : {}
    const given = (value: unknown): object =>
      group === 'jwt'
        ? { revocations: replayed, jwt: { mode: 'local-or-introspect', [name]: value } }
        : { ...others, ...nest(group, { [name]: value }) }
    for (const value of [min, max]) {
      expect(() => resolve(given(value))).not.toThrow()
    }
    for (const value of [min - 1, max + 1, Number.NaN, Number.POSITIVE_INFINITY, String(min), null]) {
      expectTypeError(() => resolve(given(value)), path)
    }
  })

  test('states bounds for every number', () => {
    const numbers = documented.filter((option) => typeof option.default === 'number')
    expect(numbers.every((option) => option.bounds !== undefined)).toBe(true)
    expect(bounded).toHaveLength(24)
  })
})

describe('resolveOptions', () => {
  test('gives every step its defaults', () => {
    const { steps, policy, reporter } = resolve({})
    expect(steps.token).toMatchObject({ maxBytes: 16_384 })
    expect(steps.cache).toBeUndefined()
    expect(steps.transport).toMatchObject({ maxResponseBytes: 65_536 })
    expect(steps.transport.clientAuthentication.method).toBe(clientAuthentication.method)
    expect(steps.response).toMatchObject({ leewaySeconds: 5, acceptedIssuers: new Set([issuer]), claims: undefined })
    expect(policy).toMatchObject({ audience: undefined, realm: 'protected resource' })
    expect(reporter.isHeard).toBe(false)
  })

  test('reads the clock in seconds', () => {
    expect(resolve({ now: () => 1_764_000_000_999 }).steps.now()).toBe(1_764_000_000)
  })

  test('accepts any issuer in answers when only the endpoint is given', () => {
    const { steps } = resolve({ issuer: undefined, endpoint })
    expect(steps.response.acceptedIssuers).toBeUndefined()
    expect(steps.transport.endpoint.known).toBe(endpoint)
  })

  test('accepts the listed issuers instead of its own', () => {
    const acceptedIssuers = ['https://a.example', 'https://b.example/']
    expect(resolve({ response: { acceptedIssuers } }).steps.response.acceptedIssuers).toEqual(new Set(acceptedIssuers))
  })

  test('uses the given endpoint, not the one in the metadata', () => {
    expect(resolve({ endpoint }).steps.transport.endpoint.known).toBe(endpoint)
    expect(resolve({}).steps.transport.endpoint.known).toBeUndefined()
  })

  test.each([
    ['an unknown option', { audiense: 'x' }, 'audiense'],
    ['an unknown option of token', { token: { maxLength: 1 } }, 'token.maxLength'],
    ['an unknown source', { token: { sources: ['header', 'cookie'] } }, 'token.sources'],
    ['no source at all', { token: { sources: [] } }, 'token.sources'],
    ['only the form as a source', { token: { sources: ['form'] } }, 'token.sources'],
    ['no source and an empty list of fields', { token: { sources: [], fields: [] } }, 'token.sources'],
    ['a field that is not a list', { token: { fields: 'x-token' } }, 'token.fields'],
    ['a field name with a space', { token: { fields: ['x token'] } }, 'token.fields'],
    ['the Authorization field among fields', { token: { fields: ['Authorization'] } }, 'token.fields'],
    ['the Cookie field among fields', { token: { fields: ['cookie'] } }, 'token.fields'],
    ['a cookie that is not a group', { token: { cookie: '__Host-token' } }, 'token.cookie'],
    ['a cookie without a name', { token: { cookie: {} } }, 'token.cookie.name'],
    ['a cookie name with a separator', { token: { cookie: { name: 'a;b' } } }, 'token.cookie.name'],
    ['an unknown option of the cookie', { token: { cookie: { name: 'a', csrf: false } } }, 'token.cookie.csrf'],
    ['the origin *', { token: { cookie: { name: 'a', allowedOrigins: ['*'] } } }, 'token.cookie.allowedOrigins'],
    ['the origin null', { token: { cookie: { name: 'a', allowedOrigins: ['null'] } } }, 'token.cookie.allowedOrigins'],
    [
      'the origin https://app.example.com/',
      { token: { cookie: { name: 'a', allowedOrigins: ['https://app.example.com/'] } } },
      'token.cookie.allowedOrigins',
    ],
    [
      'the origin app.example.com',
      { token: { cookie: { name: 'a', allowedOrigins: ['app.example.com'] } } },
      'token.cookie.allowedOrigins',
    ],
    [
      'the origin http://app.example.com',
      { token: { cookie: { name: 'a', allowedOrigins: ['http://app.example.com'] } } },
      'token.cookie.allowedOrigins',
    ],
    [
      'the origin HTTPS://app.example.com',
      { token: { cookie: { name: 'a', allowedOrigins: ['HTTPS://app.example.com'] } } },
      'token.cookie.allowedOrigins',
    ],
    ['an unknown option of transport', { transport: { timeout: 1 } }, 'transport.timeout'],
    ['an unknown option of response', { response: { leeway: 1 } }, 'response.leeway'],
    ['an unknown option of policy', { policy: { scope: 'x' } }, 'policy.scope'],
    ['an unknown option of watch', { watch: { interval: 1 } }, 'watch.interval'],
    ['maxWatched that is not a whole number', { watch: { maxWatched: 1.5 } }, 'watch.maxWatched'],
    ['a group that is not an object', { transport: 5 }, 'transport'],
    ['a group that is null', { policy: null }, 'policy'],
    ['a group that is an array', { token: [] }, 'token'],
    ['an issuer over http', { issuer: 'http://as.example.com' }, 'issuer'],
    ['an issuer over http on loopback', { issuer: 'http://localhost:9000' }, 'issuer'],
    ['an issuer with a query', { issuer: 'https://as.example.com?x=1' }, 'issuer'],
    ['an issuer with a fragment', { issuer: 'https://as.example.com#x' }, 'issuer'],
    ['an issuer that is not a URL', { issuer: 'as.example.com' }, 'issuer'],
    ['an issuer that is not a string', { issuer: new URL(issuer) }, 'issuer'],
    ['an empty issuer', { issuer: '' }, 'issuer'],
    ['neither issuer nor endpoint', { issuer: undefined }, 'issuer'],
    ['an endpoint over http', { endpoint: 'http://as.example.com/introspect' }, 'endpoint'],
    ['an endpoint over http on loopback', { endpoint: 'http://127.0.0.1/introspect' }, 'endpoint'],
    ['an endpoint with a fragment', { endpoint: `${endpoint}#x` }, 'endpoint'],
    ['an endpoint with an empty fragment', { endpoint: `${endpoint}#` }, 'endpoint'],
    ['an endpoint with a user', { endpoint: 'https://user@as.example.com/' }, 'endpoint'],
    ['an endpoint with a password', { endpoint: 'https://:s3cr3t-value@as.example.com/' }, 'endpoint'],
    ['an endpoint that is not a URL', { endpoint: '/introspect' }, 'endpoint'],
    ['an endpoint with another scheme', { endpoint: 'ftp://as.example.com/' }, 'endpoint'],
    ['no client authentication', { clientAuthentication: undefined }, 'clientAuthentication'],
    ['a client authentication of the wrong type', { clientAuthentication: 's3cr3t-value' }, 'clientAuthentication'],
    ['a client authentication that is null', { clientAuthentication: null }, 'clientAuthentication'],
    ['claims that are not a schema', { claims: { tenant: 'string' } }, 'claims'],
    ['claims that are null', { claims: null }, 'claims'],
    ['a fraction of an octet', { token: { maxBytes: 100.5 } }, 'token.maxBytes'],
    [
      'a boolean option that is not a boolean',
      { transport: { allowHttpOnLoopback: 'yes' } },
      'transport.allowHttpOnLoopback',
    ],
    ['a fetch that is not a function', { transport: { fetch: 'node-fetch' } }, 'transport.fetch'],
    ['a send that is not a function', { transport: { send: {} } }, 'transport.send'],
    ['fetch and send at once', { transport: { fetch: noop, send: noop } }, 'transport.send'],
    [
      'a number out of bounds, also when a custom fetch does not use it',
      { transport: { fetch: noop, maxConcurrentRequests: 0 } },
      'transport.maxConcurrentRequests',
    ],
    ['issuers that are not an array', { response: { acceptedIssuers: issuer } }, 'response.acceptedIssuers'],
    ['issuers that are not all strings', { response: { acceptedIssuers: [issuer, 5] } }, 'response.acceptedIssuers'],
    ['an audience in two places', { audience: 'urn:a', policy: { audience: 'urn:a' } }, 'audience'],
    ['an empty audience at the top', { audience: '' }, 'audience'],
    ['an audience at the top that is true', { audience: true }, 'audience'],
    ['an empty audience', { policy: { audience: '' } }, 'policy.audience'],
    ['an empty list of audiences', { policy: { audience: [] } }, 'policy.audience'],
    ['an audience that is true', { policy: { audience: true } }, 'policy.audience'],
    ['an audience that is null', { policy: { audience: null } }, 'policy.audience'],
    ['an empty realm', { policy: { realm: '' } }, 'policy.realm'],
    ['a realm with a line break', { policy: { realm: 'a\r\nSet-Cookie: b' } }, 'policy.realm'],
    ['a realm outside ASCII', { policy: { realm: 'caf\u00e9' } }, 'policy.realm'],
    ['an onEvent that is not a function', { onEvent: console }, 'onEvent'],
    ['a now that is not a function', { now: 1_764_000_000_000 }, 'now'],
  ])('refuses %s by its full path', (_, options, path) => {
    expectTypeError(() => resolve(options), path)
    expectTypeError(() => new IntrospectionClient({ ...required, ...options } as IntrospectionClientOptions), path)
  })

  test.each([null, 5, 'https://as.example.com', []])('refuses %o as options', (options) => {
    expectTypeError(() => resolveOptions(options as unknown as IntrospectionClientOptions), 'options')
  })

  test('names the option that allows http on loopback', () => {
    expect(() => resolve({ endpoint: 'http://localhost:9000/' })).toThrow('transport.allowHttpOnLoopback')
    expect(() => resolve({ endpoint: 'http://as.example.com/' })).not.toThrow('transport.allowHttpOnLoopback')
  })

  test.each([
    'http://localhost:9000',
    'http://127.0.0.1:9000',
    'http://127.8.8.8',
    'http://[::1]:9000',
    'http://as.localhost',
  ])('allows %s when the option says so', (origin) => {
    const transport = { allowHttpOnLoopback: true }
    expect(
      resolve({ issuer: undefined, endpoint: `${origin}/introspect`, transport }).steps.transport.endpoint.known,
    ).toBe(`${origin}/introspect`)
    expect(() => resolve({ issuer: origin, transport })).not.toThrow()
  })

  test.each([
    'http://10.0.0.1/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost.example.com/',
    'http://notlocalhost/',
    'http://127.0.0.1.example.com/',
  ])('does not accept %s as loopback', (url) => {
    expectTypeError(() => resolve({ endpoint: url, transport: { allowHttpOnLoopback: true } }), 'endpoint')
  })

  test('allows http to a listed origin in every place with a URL, and names the option in each', () => {
    const places = {
      issuer: (origin: string) => ({ issuer: `${origin}/realms/acme` }),
      endpoint: (origin: string) => ({ endpoint: `${origin}/introspect` }),
      'transport.metadataUrl': (origin: string) => ({ issuer: 'https://a.example', metadataUrl: `${origin}/metadata` }),
      'jwt.jwksUri': (origin: string) => ({ jwt: { mode: 'local-or-introspect', jwksUri: `${origin}/jwks` } as const }),
      'policy.dpop.origin': (origin: string) => ({ policy: { dpop: { origin } } }),
    }
    for (const [path, place] of Object.entries(places)) {
      const make = (origin: string) => {
        const { metadataUrl, ...changes } = { metadataUrl: undefined, ...place(origin) }
        const transport = { allowHttpOrigins: ['http://kc:8080'], metadataUrl }
        return () => resolve({ endpoint: undefined, issuer: 'https://a.example', ...changes, transport })
      }
      expect(make('http://kc:8080'), path).not.toThrow()
      expect(make('http://kc:8081'), path).toThrow(`${path}: must be `)
      expect(make('http://kc:8081'), path).toThrow("set transport.allowHttpOrigins: ['http://kc:8081']")
    }
  })

  test('takes the audience beside the policy, before that of a preset', () => {
    const preset = {
      name: 'p',
      documentation: 'https://p.example',
      clientAuthentication: { takes: ['client_secret_basic'], refuses: [], assertion: {} },
      policy: { audience: 'urn:preset', tokenKind: { member: 'k', oneOf: ['a'] } },
    }
    expect(resolve({ audience: 'urn:a' }).policy.audience).toEqual(['urn:a'])
    expect(resolve({ audience: ['urn:a', 'urn:b'], policy: { realm: 'r' } }).policy).toMatchObject({
      audience: ['urn:a', 'urn:b'],
      realm: 'r',
    })
    expect(resolve({ audience: false }).policy.audience).toBe(false)
    expect(resolve({ audience: 'urn:a', provider: preset as never }).policy.audience).toEqual(['urn:a'])
  })

  test('keeps the query of the endpoint', () => {
    const withQuery = `${endpoint}?tenant=a&x=%20`
    expect(resolve({ endpoint: withQuery }).steps.transport.endpoint.known).toBe(withQuery)
  })

  test("does not change the caller's object, and does not read it again", () => {
    const acceptedIssuers = ['https://a.example']
    const audience = ['urn:a']
    const options = deepFreeze({
      ...required,
      token: { maxBytes: 100 },
      transport: { deadlineMs: 100 },
      response: { acceptedIssuers },
      policy: { audience },
    })
    expect(() => resolve(options)).not.toThrow()

    const changing = {
      ...required,
      policy: { audience: ['urn:a'] },
      response: { acceptedIssuers: ['https://a.example'] },
    }
    const { steps, policy } = resolve(changing)
    changing.policy.audience.push('urn:b')
    changing.response.acceptedIssuers.push('https://b.example')
    expect(policy.audience).toEqual(['urn:a'])
    expect(steps.response.acceptedIssuers).toEqual(new Set(['https://a.example']))
  })

  test('reads each option once', () => {
    const reads = vi.fn(() => issuer)
    resolveOptions(
      Object.defineProperty({ clientAuthentication }, 'issuer', {
        get: reads,
        enumerable: true,
      }) as IntrospectionClientOptions,
    )
    expect(reads).toHaveBeenCalledTimes(1)
  })
})

function deepFreeze<Value extends object>(value: Value): Value {
  for (const member of Object.values(value) as unknown[]) {
    if (typeof member === 'object' && member !== null) deepFreeze(member)
  }
  return Object.freeze(value)
}

/** The documented options of every group: the default, if it is a literal, and the bounds. */
/** The options of a step are in a file beside it. */
const OPTION_FILES = [
  'options.ts',
  'token/token-options.ts',
  'policy/policy-options.ts',
  'cache/cache-options.ts',
  'jwt/jwt-options.ts',
  'transport/transport-options.ts',
  'transport/metadata/metadata-options.ts',
  'transport/outage/outage-options.ts',
  'response/response-options.ts',
  'response/tolerance-options.ts',
  'watch/watch-options.ts',
]

function flatten(group: object, prefix = ''): [string, unknown][] {
  return Object.entries(group).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? flatten(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value]],
  )
}

function nest(group: string, options: object): object {
  return group.split('.').reduceRight((inner, name) => ({ [name]: inner }), options)
}

function documentedOptions() {
  const source = OPTION_FILES.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n')
  return [...source.matchAll(/export interface (\w+Options)(?: extends [\w, ]+)? \{\n(.*?)\n\}/gs)].flatMap(
    ([, interfaceName, members]) => {
      const group = groups[interfaceName as string]
      if (group === undefined) return []
      return [...(members as string).matchAll(/\/\*\*(.*?)\*\/\s+readonly (\w+)\??:/gs)].map(([, comment, name]) => {
        const text = (comment as string).replaceAll(/\s+\*?\s*/g, ' ')
        const literal = /Default (?:`([^`]+)`|(\d+))[.,]/.exec(text)
        const range = /from (\d+) to (\d+)\./.exec(text)
        return {
          group,
          name: name as string,
          path: `${group}.${name}`,
          default: literal === null ? undefined : parseLiteral((literal[1] ?? literal[2]) as string),
          bounds: range === null ? undefined : [Number(range[1]), Number(range[2])],
        }
      })
    },
  )
}

function parseLiteral(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
