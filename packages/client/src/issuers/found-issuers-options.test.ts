import { describe, expect, test } from 'vitest'
import { findIssuersDefaults, resolveFindIssuers } from './found-issuers-options.ts'

const find = () => undefined

describe('resolveFindIssuers', () => {
  test('has the defaults that the documentation states', () => {
    expect(findIssuersDefaults).toEqual({
      maxClients: 100,
      maxAgeSeconds: 3600,
      unknownMaxAgeSeconds: 60,
      findTimeoutMs: 2000,
    })
    expect(resolveFindIssuers({ find }).limits).toEqual({
      maxClients: 100,
      maxAgeMs: 3_600_000,
      unknownMaxAgeMs: 60_000,
      findTimeoutMs: 2000,
    })
  })

  test.each([
    ['find', { find: undefined }],
    ['requestIssuer', { requestIssuer: 'acme' }],
    ['maxClients', { maxClients: 1 }],
    ['maxClients', { maxClients: Number.POSITIVE_INFINITY }],
    ['maxAgeSeconds', { maxAgeSeconds: 0 }],
    ['unknownMaxAgeSeconds', { unknownMaxAgeSeconds: -1 }],
    ['findTimeoutMs', { findTimeoutMs: Number.NaN }],
    ['audience', { audience: 5 }],
    ['audience', { audience: 'urn:a', policy: { audience: 'urn:b' } }],
    ['policy.audience', { policy: { audience: 5 } }],
    ['token.sources', { token: { sources: ['body'] } }],
    ['issuers', { issuers: {} }],
  ])('names %s when it is wrong', (name, change) => {
    expect(() => resolveFindIssuers({ find, ...change } as never)).toThrow(`${name}: `)
  })
})
