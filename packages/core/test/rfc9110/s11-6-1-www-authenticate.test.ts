import { describe, expect, test } from 'vitest'
import { buildChallenge, parseChallenges } from '../../src/index.ts'

describe('RFC 9110 §11.6.1', () => {
  test('reads the example of the standard, two challenges in one field', () => {
    const field = 'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'
    expect(parseChallenges(field)).toEqual([
      { scheme: 'Basic', parameters: { realm: 'simple' } },
      { scheme: 'Newauth', parameters: { realm: 'apps', type: '1', title: 'Login to "apps"' } },
    ])
  })

  test('reads the challenges of a resource server that takes Bearer and DPoP', () => {
    const field = `${buildChallenge('Bearer', { realm: 'api' })}, ${buildChallenge('DPoP', { algs: 'ES256 PS256' })}`
    expect(parseChallenges(field)).toEqual([
      { scheme: 'Bearer', parameters: { realm: 'api' } },
      { scheme: 'DPoP', parameters: { algs: 'ES256 PS256' } },
    ])
  })

  test('BEAR-14 refuses a challenge that repeats a parameter, but two challenges may have the same parameter', () => {
    expect(parseChallenges('Bearer error="a", error="b"')).toBeUndefined()
    expect(parseChallenges('Bearer error="a", DPoP error="b"')).toHaveLength(2)
  })

  test('BEAR-15 escapes quotes and backslashes in a quoted-string, and reads them back', () => {
    const realm = '\\"\\\\" end\\'
    const challenge = buildChallenge('Basic', { realm })
    expect(challenge).toBe('Basic realm="\\\\\\"\\\\\\\\\\" end\\\\"')
    expect(parseChallenges(challenge)?.[0]?.parameters['realm']).toBe(realm)
  })

  test('BEAR-15 accepts every printable ASCII character in a realm, and no other character below 256', () => {
    for (let code = 0; code < 256; code++) {
      const realm = `a${String.fromCharCode(code)}b`
      if (code >= 0x20 && code <= 0x7e) {
        expect(parseChallenges(buildChallenge('Basic', { realm }))?.[0]?.parameters['realm']).toBe(realm)
      } else {
        expect(() => buildChallenge('Basic', { realm }), `U+${code.toString(16)}`).toThrow(TypeError)
      }
    }
  })
})
