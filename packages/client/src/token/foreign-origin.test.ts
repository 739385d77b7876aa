import { describe, expect, test } from 'vitest'
import { foreignOrigin } from './foreign-origin.ts'

const app = 'https://app.example.com'
const allowed = new Set([app])

function judge(method: string | undefined, fields: Record<string, string>): string | undefined {
  return foreignOrigin({ method, headers: new Headers(fields) }, allowed)
}

describe('foreignOrigin', () => {
  test.each(['GET', 'HEAD', 'OPTIONS'])('needs no proof for %s', (method) => {
    expect(judge(method, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toBeUndefined()
  })

  test.each<[string, Record<string, string>]>([
    ['a page of the same origin', { 'sec-fetch-site': 'same-origin' }],
    [
      'a page of the same origin that is not in the list',
      { 'sec-fetch-site': 'same-origin', origin: 'https://api.example.com' },
    ],
    ['a page of an allowed origin', { 'sec-fetch-site': 'same-site', origin: app }],
    ['a page of an allowed origin in an old browser', { origin: app }],
  ])('accepts every method from %s', (_, fields) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', undefined]) {
      expect(judge(method, fields)).toBeUndefined()
    }
  })

  test.each<[string, string | undefined, Record<string, string>]>([
    ['another site', 'POST', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another origin of the same site', 'POST', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }],
    ['no page', 'POST', { 'sec-fetch-site': 'none' }],
    ['a sandboxed page', 'POST', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['an old browser', 'POST', {}],
    ['an origin that begins like an allowed one', 'POST', { origin: `${app}.evil.example` }],
    ['an allowed origin with another port', 'POST', { origin: `${app}:8443` }],
    ['an allowed origin without TLS', 'POST', { origin: 'http://app.example.com' }],
    ['an allowed origin with a path', 'POST', { origin: `${app}/` }],
    ['two origins', 'POST', { origin: `${app}, https://evil.example` }],
    ['two values of Sec-Fetch-Site', 'POST', { 'sec-fetch-site': 'same-origin, cross-site' }],
    ['Sec-Fetch-Site in another case', 'POST', { 'sec-fetch-site': 'Same-Origin' }],
    ['a page that only refers to the allowed origin', 'POST', { referer: `${app}/` }],
    ['a method in lower case', 'get', { 'sec-fetch-site': 'cross-site' }],
    ['an unknown method', undefined, { 'sec-fetch-site': 'cross-site' }],
    ['a method that may change something', 'TRACE', { 'sec-fetch-site': 'cross-site' }],
    ['a page that opens a WebSocket', 'GET', { upgrade: 'websocket', origin: 'https://evil.example' }],
    [
      'a page that opens a WebSocket behind a gateway',
      'GET',
      { 'sec-websocket-version': '13', 'sec-fetch-site': 'cross-site' },
    ],
    ['a page that opens a WebSocket over HTTP/2', 'CONNECT', { origin: 'https://evil.example' }],
  ])('refuses a request of %s', (_, method, fields) => {
    expect(judge(method, fields)).toMatch(/expected "same-origin" or an origin in token\.cookie\.allowedOrigins$/)
  })

  test('lets a page of an allowed origin open a WebSocket', () => {
    expect(judge('GET', { upgrade: 'websocket', origin: app })).toBeUndefined()
  })

  test('quotes what the request says, and shortens it', () => {
    expect(judge('POST', { 'sec-fetch-site': 'cross-site' })).toMatch(
      /^Sec-Fetch-Site is "cross-site" and Origin is absent, /,
    )
    expect(judge('POST', { origin: 'https://'.padEnd(9999, 'a') })?.length).toBeLessThan(500)
  })
})
