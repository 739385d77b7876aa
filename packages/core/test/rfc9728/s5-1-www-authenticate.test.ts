import { describe, expect, test } from 'vitest'
import { buildChallenge, parseChallenges } from '../../src/index.ts'

const url = 'https://resource.example.com/.well-known/oauth-protected-resource?a=b'

describe('RFC 9728 §5.1', () => {
  test.each(['Bearer', 'DPoP'])('PRM-01 adds the metadata address, quoted, to a %s challenge', (scheme) => {
    const challenge = buildChallenge(scheme, { error: 'invalid_token', resource_metadata: url })
    expect(challenge).toBe(`${scheme} error="invalid_token", resource_metadata="${url}"`)
    expect(parseChallenges(challenge)?.[0]?.parameters['resource_metadata']).toBe(url)
  })
})
