/** Members of events that senders, or AWS in its services, may shape in odd ways. */
import { describe, expect, test } from 'vitest'
import { type LambdaEvent, LambdaRequest } from './lambda-event.ts'

const http = { method: 'POST', sourceIp: '203.0.113.7' }

function requestOf(members: Partial<LambdaEvent>): LambdaRequest {
  return new LambdaRequest({ requestContext: { http }, ...members })
}

/** An event in format 1.0. */
function older(members: Partial<LambdaEvent>): LambdaRequest {
  return new LambdaRequest({ httpMethod: 'POST', requestContext: {}, ...members })
}

const pem = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'

describe('LambdaRequest', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an event of a queue', { Records: [] }],
    ['an event without a context', { httpMethod: 'GET', headers: {} }],
    ['an event without a method', { headers: {}, requestContext: { http: {} } }],
    ['a web request', new Request('https://api.example.com')],
  ])('refuses %s', (_, event) => {
    expect(() => new LambdaRequest(event as never)).toThrow(TypeError)
    expect(() => new LambdaRequest(event as never)).toThrow('event: must be an HTTP request from a function URL')
  })

  test.each<[string, LambdaRequest, string | undefined]>([
    ['a name in another case', requestOf({ headers: { Authorization: 'Bearer a' } }), 'Bearer a'],
    ['two names that differ in case', requestOf({ headers: { authorization: 'a', AUTHORIZATION: 'b' } }), 'a, b'],
    [
      'all values, not the last',
      older({ headers: { a: '' }, multiValueHeaders: { Authorization: ['a', 'b'] } }),
      'a, b',
    ],
    ['headers beside lists without the name', older({ headers: { authorization: 'a' }, multiValueHeaders: {} }), 'a'],
    ['no headers', requestOf({ headers: null, multiValueHeaders: null }), undefined],
    [
      'an inherited name',
      requestOf({ headers: Object.create({ authorization: 'a' }) as Record<string, string> }),
      undefined,
    ],
  ])('reads a field: %s', (_, request, value) => {
    expect(request.header('authorization')).toBe(value)
  })

  test.each<[string, LambdaRequest, string | undefined]>([
    ['one by one', requestOf({ cookies: ['a=1', 'b=2'], headers: {} }), 'a=1; b=2'],
    ['once when the field is there too', requestOf({ cookies: ['a=1'], headers: { cookie: 'a=1' } }), 'a=1'],
    ['from the field when the list is empty', requestOf({ cookies: [], headers: { Cookie: 'a=1' } }), 'a=1'],
    ['from several fields', older({ multiValueHeaders: { cookie: ['a=1', 'b=2'] } }), 'a=1; b=2'],
  ])('reads cookies %s', (_, request, value) => {
    expect(request.header('cookie')).toBe(value)
  })

  test.each<[string, LambdaRequest, string]>([
    ['with the query as it was sent', requestOf({ rawPath: '/a%20b', rawQueryString: 'c=%2F&c' }), '/a%20b?c=%2F&c'],
    ['without an empty query', requestOf({ rawPath: '/', rawQueryString: '' }), '/'],
    ['with the stage', older({ path: '/a', requestContext: { path: '/prod/a' } }), '/prod/a'],
    [
      'with decoded parameters encoded again',
      older({ path: '/a', multiValueQueryStringParameters: { 'a&b': ['=', '#'] } }),
      '/a?a%26b=%3D&a%26b=%23',
    ],
    ['with the last parameters only', older({ path: '/a', queryStringParameters: { b: 'c d' } }), '/a?b=c%20d'],
    [
      'with the parameters of a load balancer, which are not decoded',
      older({ path: '/a', multiValueQueryStringParameters: { b: ['%20'] }, requestContext: { elb: {} } }),
      '/a?b=%20',
    ],
    ['without null parameters', older({ path: '/a', queryStringParameters: null }), '/a'],
  ])('has the URL %s', (_, request, url) => {
    expect(request.url()).toBe(url)
  })

  const encoded = Buffer.from('token=é').toString('base64')
  test.each<[string, Partial<LambdaEvent>, string]>([
    ['text', { body: 'token=é', isBase64Encoded: false }, 'token=é'],
    ['text without the flag', { body: encoded }, encoded],
    ['base64', { body: encoded, isBase64Encoded: true }, 'token=é'],
    ['no body', {}, ''],
    ['null', { body: null, isBase64Encoded: true }, ''],
    ['an empty text', { body: '', isBase64Encoded: true }, ''],
  ])('reads a body: %s', (_, members, text) => {
    expect(new TextDecoder().decode(requestOf(members).body(100) as Uint8Array)).toBe(text)
  })

  test.each(['token=a', 'dG9r*A==', 'dG9rZW4', 'dG9r\nZW4=', '=AAA', 'A===', 'dG9rZW49_-=='])(
    'calls %j malformed where base64 is announced',
    (body) => {
      expect(requestOf({ body, isBase64Encoded: true }).body(100)).toBe('malformed')
    },
  )

  test.each<[string, string, boolean, number | string]>([
    ['ASCII of the limit', 'a'.repeat(10), false, 10],
    ['ASCII above it', 'a'.repeat(11), false, 'too-large'],
    ['characters of two octets above it', 'é'.repeat(6), false, 'too-large'],
    ['base64 of the limit', Buffer.alloc(10).toString('base64'), true, 10],
    ['base64 above it by one', Buffer.alloc(11).toString('base64'), true, 'too-large'],
    ['base64 far above it, which is not decoded', '*'.repeat(10_000_000), true, 'too-large'],
  ])('limits octets, not characters: %s', (_, body, isBase64Encoded, expected) => {
    const read = requestOf({ body, isBase64Encoded }).body(10)
    expect(typeof read === 'string' ? read : read.byteLength).toBe(expected)
  })

  test('has the address of the context, and none of a field', () => {
    expect(requestOf({ headers: { 'x-forwarded-for': '198.51.100.1' } }).remoteAddress()).toBe('203.0.113.7')
    expect(older({ requestContext: { identity: { sourceIp: '203.0.113.8' } } }).remoteAddress()).toBe('203.0.113.8')
    expect(older({ headers: { 'x-forwarded-for': '198.51.100.1' } }).remoteAddress()).toBeUndefined()
  })

  test('has the certificate of the context, in both formats', () => {
    const clientCert = { clientCertPem: pem }
    const der = Uint8Array.of(0x30, 0)
    const newer = new LambdaRequest({ requestContext: { http, authentication: { clientCert } } })
    expect(newer.certificate()).toEqual(der)
    expect(older({ requestContext: { identity: { clientCert } } }).certificate()).toEqual(der)
    expect(older({ requestContext: { identity: { clientCert: null } } }).certificate()).toBeUndefined()
    expect(requestOf({}).certificate()).toBeUndefined()
    const broken = { clientCertPem: `${pem}${pem}` }
    expect(older({ requestContext: { identity: { clientCert: broken } } }).certificate()).toBeUndefined()
  })

  test('answers with lists where the event has lists, and with no body to HEAD', () => {
    expect(requestOf({}).toResult(200, { a: 'b' }, 'c')).toEqual({ statusCode: 200, headers: { a: 'b' }, body: 'c' })
    const lists = older({ httpMethod: 'HEAD', multiValueHeaders: {} })
    expect(lists.toResult(200, { a: 'b' }, 'c')).toEqual({ statusCode: 200, multiValueHeaders: { a: ['b'] }, body: '' })
  })
})
