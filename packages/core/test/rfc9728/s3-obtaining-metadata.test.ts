import { describe, expect, test } from 'vitest'
import { parseProtectedResourceMetadata, protectedResourceMetadataUrl } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

describe('RFC 9728 §3.1', () => {
  test.each([
    ['https://resource.example.com', 'https://resource.example.com/.well-known/oauth-protected-resource'],
    ['https://resource.example.com/', 'https://resource.example.com/.well-known/oauth-protected-resource'],
    ['https://r.example/resource1', 'https://r.example/.well-known/oauth-protected-resource/resource1'],
    ['https://r.example/a/?b=c', 'https://r.example/.well-known/oauth-protected-resource/a/?b=c'],
    ['https://r.example/?b=c', 'https://r.example/.well-known/oauth-protected-resource?b=c'],
  ])('PRM-02 looks for the metadata of %s between host and path', (resource, url) => {
    expect(protectedResourceMetadataUrl(resource)).toBe(url)
  })
})

describe('RFC 9728 §3.3', () => {
  const resource = 'https://resource.example.com/resource1'

  test.each([
    `${resource}/`,
    'https://RESOURCE.example.com/resource1',
    'https://resource.example.com:443/resource1',
    'https://resource.example.com/',
    'https://evil.example/resource1',
  ])('PRM-03 refuses a document whose resource is %s', (other) => {
    expect(() => parseProtectedResourceMetadata({ resource: other }, resource)).toThrow(malformed)
  })
})
