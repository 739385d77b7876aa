import { generateKeyPairSync } from 'node:crypto'
import { SIGNATURE_ALGORITHMS } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { IntrospectionClient } from '../introspection-client.ts'
import { resolveOptions } from '../resolve-options.ts'
import { clientSecretBasic } from '../transport/client-authentication/client-secret-basic.ts'

const issuer = 'https://as.example.com'
const clientAuthentication = clientSecretBasic('orders-api', 's3cr3t-value')
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicJwk = publicKey.export({ format: 'jwk' })

function resolve(jwt: unknown, more: object = {}) {
  return resolveOptions({ issuer, clientAuthentication, jwt: jwt as { mode: 'local' }, ...more }).steps.jwt
}

describe('jwt', () => {
  test('is undefined when the option is not given', () => {
    expect(resolve(undefined)).toBeUndefined()
  })

  test('has defaults for every option except the mode', () => {
    expect(resolve({ mode: 'local' })).toMatchObject({
      asksAboutOpaque: false,
      asksAboutGood: false,
      rules: {
        issuer,
        algorithms: SIGNATURE_ALGORITHMS,
        types: ['at+jwt'],
        acceptUntyped: false,
        requiredClaims: ['aud', 'sub', 'client_id', 'iat', 'jti'],
        aliases: [],
        renames: [],
        leewaySeconds: 5,
      },
    })
    expect(resolve({ mode: 'local-or-introspect' })).toMatchObject({ asksAboutOpaque: true, asksAboutGood: false })
    expect(resolve({ mode: 'local-then-introspect' })).toMatchObject({ asksAboutOpaque: true, asksAboutGood: true })
  })

  test('uses the leeway of answers', () => {
    expect(resolve({ mode: 'local' }, { response: { leewaySeconds: 60 } })?.rules.leewaySeconds).toBe(60)
  })

  test('FAPI-04 allows only PS256, ES256 and EdDSA with the profile fapi2', () => {
    const { rules } = resolve({ mode: 'local', profile: 'fapi2' }) ?? {}
    expect(rules?.algorithms).toEqual(['PS256', 'ES256', 'EdDSA', 'Ed25519'])
    expect(() => resolve({ mode: 'local', profile: 'fapi2', algorithms: ['RS256'] })).toThrow(/^jwt\.algorithms: /)
  })

  test.each(['none', 'NONE', 'HS256', 'HS512', 'es256', 'A128KW', 'RSA1_5'])(
    'cannot accept the algorithm %s',
    (alg) => {
      expect(() => resolve({ mode: 'local', algorithms: ['ES256', alg] })).toThrow(/^jwt\.algorithms: /)
    },
  )

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['a group that is null', null, 'jwt'],
    ['a group that is true', true, 'jwt'],
    ['no mode', {}, 'jwt.mode'],
    ['an unknown mode', { mode: 'introspect' }, 'jwt.mode'],
    ['an unknown option', { mode: 'local', audience: 'x' }, 'jwt.audience'],
    ['an unknown profile', { mode: 'local', profile: 'rfc9701' }, 'jwt.profile'],
    ['an empty list of algorithms', { mode: 'local', algorithms: [] }, 'jwt.algorithms'],
    [
      'keys and a key URL together',
      { mode: 'local', jwks: { keys: [publicJwk] }, jwksUri: `${issuer}/jwks` },
      'jwt.jwks',
    ],
    ['an empty key set', { mode: 'local', jwks: { keys: [] } }, 'jwt.jwks'],
    ['a private key', { mode: 'local', jwks: { keys: [privateKey.export({ format: 'jwk' })] } }, 'jwt.jwks'],
    ['a secret', { mode: 'local', jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'jwt.jwks'],
    ['keys over http', { mode: 'local', jwksUri: 'http://as.example.com/jwks' }, 'jwt.jwksUri'],
    ['types that are not an array', { mode: 'local', types: 'JWT' }, 'jwt.types'],
    ['a type of another profile', { mode: 'local', types: ['application/DPoP+JWT'] }, 'jwt.types'],
    ['acceptUntyped with a string', { mode: 'local', acceptUntyped: 'yes' }, 'jwt.acceptUntyped'],
    ['claims that are not an array', { mode: 'local', requiredClaims: 'sub' }, 'jwt.requiredClaims'],
    ['an alias for the issuer', { mode: 'local', aliases: { iss: 'issuer' } }, 'jwt.aliases.iss'],
    ['an alias for exp', { mode: 'local', aliases: { exp: 'expires' } }, 'jwt.aliases.exp'],
    ['an alias for cnf', { mode: 'local', aliases: { cnf: 'x' } }, 'jwt.aliases.cnf'],
    ['an alias that is a registered name', { mode: 'local', aliases: { sub: 'client_id' } }, 'jwt.aliases.sub'],
    ['a new name for cnf', { mode: 'local', renames: { cnf: 'x' } }, 'jwt.renames.cnf'],
    ['a new name that is registered', { mode: 'local', renames: { permissions: 'scope' } }, 'jwt.renames.permissions'],
    ['an empty name for the audience claim', { mode: 'local', audienceFrom: '' }, 'jwt.audienceFrom'],
  ]

  test.each(wrong)('refuses %s by its full path', (_, jwt, path) => {
    expect(() => resolve(jwt)).toThrow(TypeError)
    expect(() => resolve(jwt)).toThrow(`${path}: `)
  })

  test('requires the issuer, also when the endpoint is given', () => {
    const options = { issuer: undefined, endpoint: `${issuer}/introspect` }
    expect(() => resolve({ mode: 'local', jwks: { keys: [publicJwk] } }, options)).toThrow(/^jwt: needs the issuer/)
  })

  test('requires the issuer among the accepted ones', () => {
    const options = { response: { acceptedIssuers: ['https://other.example.com'] } }
    expect(() => resolve({ mode: 'local' }, options)).toThrow(/^response\.acceptedIssuers: /)
  })

  test('requires client authentication unless the mode is local', () => {
    for (const mode of ['local-or-introspect', 'local-then-introspect', undefined]) {
      const create = () => new IntrospectionClient({ issuer, jwt: mode && { mode } } as never)
      expect(create).toThrow(/^clientAuthentication: is required/)
    }
    expect(() => new IntrospectionClient({ issuer, jwt: { mode: 'local' } })).not.toThrow()
  })
})
