import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../../resolve-options.ts'
import { clientSecretBasic } from '../../transport/client-authentication/client-secret-basic.ts'
import { dpopDefaults } from './dpop-options.ts'

const clientAuthentication = clientSecretBasic('api', 's3cr3t')
const origin = 'https://api.example.com'
const secret = 'thirty-two characters of a secret'

function resolve(dpop: unknown) {
  const policy = { dpop } as object
  return resolveOptions({ issuer: 'https://as.example.com', clientAuthentication, policy }).policy.confirmation
}

describe('policy.dpop', () => {
  test('verifies no proofs without the option', () => {
    expect(resolve(undefined).dpop).toBeUndefined()
  })

  test('has the documented defaults and bounds', () => {
    const source = readFileSync(new URL('dpop-options.ts', import.meta.url), 'utf8').replaceAll(/\s+\* /g, ' ')
    expect(resolve({ origin }).dpop?.algorithms).toEqual(dpopDefaults.algorithms)
    const names = dpopDefaults.algorithms.join(', ').replace(/, (\w+)$/, ' and $1')
    expect(source).toContain(`Default ${names}.`)
    expect(source).toContain(`Default ${dpopDefaults.maxAgeSeconds}, from 5 to 300.`)
    expect(source).toContain(`Default ${dpopDefaults.leewaySeconds}, from 0 to 60.`)
    expect(source).toContain(`Default one in memory for ${dpopDefaults.maxRememberedProofs} proofs`)
    expect(source).toContain(`Default ${dpopDefaults.nonce.lifetimeSeconds}, from 10 to 3600.`)
  })

  test.each([
    { maxAgeSeconds: 5 },
    { maxAgeSeconds: 300 },
    { leewaySeconds: 0 },
    { leewaySeconds: 60 },
    { nonce: { secret, lifetimeSeconds: 10 } },
    { nonce: { secret, lifetimeSeconds: 3600 } },
    { algorithms: ['ES256'] },
    { origin: ['https://api.example.com', 'https://api.example.org:8443/'] },
    { origin: 'HTTPS://API.example.com' },
    { origin: 'http://localhost:3000' },
  ])('accepts %j', (options) => {
    expect(() => resolve({ origin, ...options })).not.toThrow()
  })

  test('accepts a function in place of an origin', () => {
    expect(() => resolve({ publicUrl: () => origin })).not.toThrow()
  })

  test.each<[string, object]>([
    ['origin', { origin: undefined }],
    ['origin', { origin: undefined, algorithms: ['ES256'] }],
    ['origin', { publicUrl: () => origin }],
    ['origin', { origin: '' }],
    ['origin', { origin: [] }],
    ['origin', { origin: 'api.example.com' }],
    ['origin', { origin: 'http://api.example.com' }],
    ['origin', { origin: 'https://api.example.com/v1' }],
    ['origin', { origin: 'https://api.example.com?a' }],
    ['origin', { origin: 'https://api.example.com#a' }],
    ['origin', { origin: 'https://user@api.example.com' }],
    ['origin', { origin: [origin, 'null'] }],
    ['origin', { origin: new URL(origin) }],
    ['publicUrl', { origin: undefined, publicUrl: origin }],
    ['algorithms', { algorithms: [] }],
    ['algorithms', { algorithms: ['none'] }],
    ['algorithms', { algorithms: ['ES256', 'HS256'] }],
    ['algorithms', { algorithms: ['es256'] }],
    ['algorithms', { algorithms: 'ES256' }],
    ['maxAgeSeconds', { maxAgeSeconds: 4 }],
    ['maxAgeSeconds', { maxAgeSeconds: 301 }],
    ['maxAgeSeconds', { maxAgeSeconds: Number.NaN }],
    ['leewaySeconds', { leewaySeconds: -1 }],
    ['leewaySeconds', { leewaySeconds: 61 }],
    ['replayStore', { replayStore: false }],
    ['replayStore', { replayStore: {} }],
    ['replayStore', { replayStore: new Map() }],
    ['nonce', { nonce: true }],
    ['nonce.secret', { nonce: {} }],
    ['nonce.secret', { nonce: { secret: 'short' } }],
    ['nonce.lifetimeSeconds', { nonce: { secret, lifetimeSeconds: 9 } }],
    ['nonce.lifetimeSeconds', { nonce: { secret, lifetimeSeconds: 3601 } }],
    ['nonce.length', { nonce: { secret, length: 9 } }],
    ['trustProxy', { trustProxy: true }],
  ])('refuses %s of %o (DPOP-05, DPOP-11, DPOP-15)', (path, options) => {
    expect(() => resolve({ origin, ...options })).toThrow(TypeError)
    expect(() => resolve({ origin, ...options })).toThrow(new RegExp(`^policy\\.dpop\\.${path.replace('.', '\\.')}: `))
  })

  test('is an option of the client, and all its guards use it', () => {
    expect(() => resolve(5)).toThrow(/^policy\.dpop: /)
    expect(() => resolve(true)).toThrow(/^policy\.dpop: /)
  })
})
