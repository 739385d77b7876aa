import { describe, expect, test } from 'vitest'
import type { GuardRequest } from '../../index.ts'
import type { Gateway } from './gateway-options.ts'
import { readOriginalRequest } from './original-request.ts'

const NGINX = { 'x-original-method': 'PUT', 'x-original-uri': '/orders?a=b' }
const FORWARDED = { 'x-forwarded-method': 'PUT', 'x-forwarded-uri': '/orders?a=b' }

function read(gateway: Gateway, fields: Record<string, string>, more: Partial<GuardRequest> = {}, prefix = '') {
  const asking = { method: 'GET', url: '/authorize', headers: new Headers(fields), ...more }
  return readOriginalRequest(asking, gateway, prefix)
}

describe('readOriginalRequest', () => {
  test.each<[Gateway, Record<string, string>]>([
    ['nginx', NGINX],
    ['traefik', FORWARDED],
    ['caddy', FORWARDED],
  ])('reads the fields of %s and no others', (gateway, fields) => {
    const original = read(gateway, { ...fields, authorization: 'Bearer abc' }, { remoteAddress: '10.0.0.1' })
    expect(original).toMatchObject({
      kind: 'request',
      request: { method: 'PUT', url: '/orders?a=b', remoteAddress: '10.0.0.1' },
    })
    expect(original.kind === 'request' && original.request.headers.get('authorization')).toBe('Bearer abc')
    const others = gateway === 'nginx' ? FORWARDED : NGINX
    expect(read(gateway, others)).toMatchObject({ kind: 'missing' })
  })

  test.each([
    ['/authorize/orders?a=b', '/authorize', '/orders?a=b'],
    ['/orders', '', '/orders'],
    ['https://authorizer.example:4000/authorize/orders?a=b#', '/authorize', '/orders?a=b#'],
    ['/authorize//evil.example/', '/authorize', '//evil.example/'],
  ])('reads the request of Envoy itself: %s below "%s" is %s', (url, prefix, expected) => {
    expect(read('envoy', { ...NGINX, ...FORWARDED }, { method: 'PATCH', url }, prefix)).toMatchObject({
      kind: 'request',
      request: { method: 'PATCH', url: expected },
    })
  })

  test.each(['/orders', '/authorized/orders', '/authorize', '', undefined])(
    'does not take %j for a URL of Envoy below /authorize',
    (url) => {
      expect(read('envoy', {}, { url }, '/authorize')).toEqual({ kind: 'missing', what: 'a URL below /authorize/' })
    },
  )

  test.each([
    ['the method', { ...NGINX, 'x-original-method': '' }, 'the field x-original-method'],
    ['the URL', { 'x-original-method': 'GET' }, 'the field x-original-uri'],
  ])('says that %s is missing', (_, fields, what) => {
    expect(read('nginx', fields)).toEqual({ kind: 'missing', what })
  })

  test.each([
    ['two methods', { 'x-original-method': 'GET, POST' }],
    ['a method with a space', { 'x-original-method': 'GET /' }],
    ['two URLs', { 'x-original-uri': '/a, /b' }],
    ['a URL with a space', { 'x-original-uri': '/a b' }],
    ['a whole URL', { 'x-original-uri': 'https://evil.example/orders' }],
    ['a path without /', { 'x-original-uri': 'orders' }],
  ])('calls %s malformed', (_, fields) => {
    expect(read('nginx', { ...NGINX, ...fields })).toEqual({ kind: 'malformed' })
  })

  test('takes the * of OPTIONS, and octets outside ASCII', () => {
    expect(read('nginx', { ...NGINX, 'x-original-uri': '*' })).toMatchObject({ request: { url: '*' } })
    expect(read('nginx', { ...NGINX, 'x-original-uri': '/caf\u00e9' })).toMatchObject({
      request: { url: '/caf\u00e9' },
    })
  })

  test('passes on neither the certificate of the gateway nor a body', () => {
    const original = read('nginx', NGINX, { clientCertificate: Uint8Array.of(1), form: { access_token: 'a' } })
    expect(original.kind === 'request' && Object.keys(original.request)).toEqual([
      'method',
      'url',
      'headers',
      'remoteAddress',
    ])
  })
})
