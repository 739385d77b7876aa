import { describe, expect, test, vi } from 'vitest'
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import type { Guard } from '../guards/client-guard.ts'
import { createProtectedResource } from './create-protected-resource.ts'
import { protectedResourceDefaults } from './protected-resource-options.ts'

const resource = 'https://api.example.com/orders'
const as = 'https://as.example.com'

const theGuard: Guard = () => Promise.reject(new Error('unused'))

function createMaker(accepts: Partial<AcceptedTokens> = {}) {
  const everything: AcceptedTokens = {
    issuers: [as],
    sources: ['header'],
    dpopAlgorithms: [],
    certificates: false,
    senderConstraint: undefined,
    ...accepts,
  }
  return { accepts: everything, guard: vi.fn(() => theGuard) }
}

function create(options: object = {}) {
  return createProtectedResource({ resource, ...options })
}

describe('options', () => {
  test.each([
    ['resource', { resource: undefined }],
    ['resource', { resource: 'orders' }],
    ['resource', { resource: 'http://api.example.com' }],
    ['resource', { resource: 'http://127.0.0.1:3000/mcp' }],
    ['resource', { resource: 'https://user:secret@api.example.com' }],
    ['resource', { resource: 'https://api.example.com/#a' }],
    ['resource', { resource: 'https://api.example.com/#' }],
    ['resource', { resource: 'urn:orders' }],
    ['authorizationServers', { authorizationServers: as }],
    ['authorizationServers', { authorizationServers: [`${as}?a=b`] }],
    ['authorizationServers', { authorizationServers: ['http://as.example.com'] }],
    ['metadata', { metadata: [] }],
    ['metadata', { metadata: { scopes_supported: 'a' } }],
    ['metadata', { metadata: { number: 1n } }],
    ['metadata.resource', { metadata: { resource } }],
    ['metadata.authorization_servers', { metadata: { authorization_servers: [as] } }],
    ['maxAgeSeconds', { maxAgeSeconds: -1 }],
    ['maxAgeSeconds', { maxAgeSeconds: 86_401 }],
    ['maxAgeSeconds', { maxAgeSeconds: 0.5 }],
    ['allowHttpOnLoopback', { allowHttpOnLoopback: 'yes' }],
    ['scopes', { scopes: ['a'] }],
  ])('a wrong %s is a TypeError that names the option', (path, options) => {
    expect(() => create(options)).toThrow(TypeError)
    expect(() => create(options)).toThrow(new RegExp(`^${path.replace('.', '\\.')}: `))
  })

  test('http is allowed on loopback when the option says so', () => {
    const options = { resource: 'http://127.0.0.1:3000/mcp', allowHttpOnLoopback: true }
    expect(create(options).url).toBe('http://127.0.0.1:3000/.well-known/oauth-protected-resource/mcp')
    expect(() => create({ ...options, resource: 'http://api.example.com' })).toThrow(TypeError)
  })

  test('are read once', () => {
    const metadata = { scopes_supported: ['a'] }
    const orders = create({ metadata })
    metadata.scopes_supported.push('b')
    expect(orders.metadata.scopes_supported).toEqual(['a'])
  })

  test('have the documented defaults', () => {
    expect(protectedResourceDefaults).toEqual({ maxAgeSeconds: 3600, allowHttpOnLoopback: false })
    expect(create().respond('GET', '/.well-known/oauth-protected-resource/orders')?.headers['cache-control']).toBe(
      'public, max-age=3600',
    )
  })
})

describe('guard', () => {
  test('gives its guards the audience and the URL of the document', () => {
    const maker = createMaker()
    const orders = create()
    expect(orders.guard(maker, { scope: 'a' })).toBe(theGuard)
    expect(maker.guard).toHaveBeenCalledExactlyOnceWith({
      scope: 'a',
      audience: resource,
      resourceMetadata: orders.url,
    })
  })

  test.each(['audience', 'resourceMetadata'])('refuses another %s in the options of a guard', (name) => {
    const maker = createMaker()
    expect(() => create().guard(maker, { [name]: 'https://other.example' })).toThrow(new RegExp(`^guard\\.${name}: `))
    expect(maker.guard).not.toHaveBeenCalled()
  })

  test('names the given authorization servers, or those that the clients know', () => {
    const known = create()
    expect(known.metadata).not.toHaveProperty('authorization_servers')
    known.guard(createMaker())
    expect(known.metadata.authorization_servers).toEqual([as])
    const given = create({ authorizationServers: [`${as}/public`, as] })
    given.guard(createMaker())
    expect(given.metadata.authorization_servers).toEqual([`${as}/public`, as])
  })

  test.each([
    ['an issuer that the client does not accept', {}, createMaker({ issuers: ['https://other.example'] })],
    ['an issuer with an extra slash', {}, createMaker({ issuers: [`${as}/`] })],
    ['an issuer that the guard does not accept', { issuer: 'https://other.example' }, createMaker()],
  ])('refuses authorization servers with only %s', (_, options, maker) => {
    const orders = create({ authorizationServers: [as] })
    expect(() => orders.guard(maker, options)).toThrow(/^authorizationServers: /)
    expect(orders.metadata).not.toHaveProperty('bearer_methods_supported')
  })

  test('accepts a client without an issuer', () => {
    const orders = create({ authorizationServers: [as] })
    expect(() => orders.guard(createMaker({ issuers: [] }))).not.toThrow()
  })

  test('refuses a guard that contradicts the metadata, names the member, and forgets the guard', () => {
    const orders = create({ metadata: { dpop_bound_access_tokens_required: true } })
    expect(() => orders.guard(createMaker(), { scope: 'a' })).toThrow(/^metadata\.dpop_bound_access_tokens_required: /)
    expect(orders.metadata).toEqual({ resource, dpop_bound_access_tokens_required: true })
  })
})

describe('metadata', () => {
  test('cannot be changed by the caller', () => {
    const orders = create({ metadata: { scopes_supported: ['a'] } })
    expect(Object.isFrozen(orders.metadata)).toBe(true)
    expect(Object.isFrozen(orders.metadata.scopes_supported)).toBe(true)
  })

  test('has the given scopes, then those of the guards, each once', () => {
    const orders = create({ metadata: { scopes_supported: ['z', 'b'] } })
    orders.guard(createMaker(), { scope: { anyOf: ['a b', 'c'] } })
    expect(orders.metadata.scopes_supported).toEqual(['z', 'b', 'a', 'c'])
  })

  test('keeps members of other standards', () => {
    const metadata = { resource_name: 'Orders', 'resource_name#de': 'Bestellungen', 'x-region': ['eu'], empty: [] }
    expect(create({ metadata }).metadata).toEqual({
      resource,
      resource_name: 'Orders',
      'resource_name#de': 'Bestellungen',
      'x-region': ['eu'],
    })
  })
})
