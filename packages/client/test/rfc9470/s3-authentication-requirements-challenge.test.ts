import { clientSecretBasic, type GuardOptions, IntrospectionClient } from '@token-introspection/client'
import { parseChallenges } from '@token-introspection/core'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'

const audience = 'https://api.example.com'
const realm = 'orders'
const now = 1_764_000_000
const good = { active: true, aud: audience, scope: 'a', exp: now + 60, acr: 'gold', auth_time: now - 100 }

async function decide(answer: object, options: GuardOptions) {
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: { fetch: () => Promise.resolve(Response.json(answer)) },
    now: () => now * 1000,
  })
  const guard = client.guard({ audience, realm, ...options })
  return guard(new Request(audience, { headers: { authorization: 'Bearer abc' } }))
}

async function challengeOf(answer: object, options: GuardOptions) {
  const decision = await decide(answer, options)
  if (decision.allowed) throw new Error('allowed')
  const response = decision.toResponse()
  const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '')
  return { status: response.status, reason: decision.reason, challenges }
}

function refused(parameters: Record<string, string>) {
  return {
    status: 401,
    reason: 'authentication',
    challenges: [{ scheme: 'Bearer', parameters: { realm, error: 'insufficient_user_authentication', ...parameters } }],
  }
}

describe('a login that is too weak or too old', () => {
  test.each([
    ['with a lower class', good, { acrValues: 'platinum' }, { acr_values: 'platinum' }],
    ['too long ago', good, { maxAuthenticationAgeSeconds: 99 }, { max_age: '99' }],
    ['without acr', { ...good, acr: undefined }, { acrValues: 'gold' }, { acr_values: 'gold' }],
    ['without auth_time', { ...good, auth_time: undefined }, { maxAuthenticationAgeSeconds: 500 }, { max_age: '500' }],
    ['in the future', { ...good, auth_time: now + 60 }, { maxAuthenticationAgeSeconds: 500 }, { max_age: '500' }],
  ])('STEP-03 %s is 401 insufficient_user_authentication', async (_, answer, options, parameters) => {
    expect(await challengeOf(answer, options)).toEqual(refused(parameters))
  })

  test("STEP-03 the error is only in the challenge of the token's scheme", async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = await exportJWK(publicKey)
    const ath = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc'))
    const claims = { htm: 'GET', htu: audience, jti: 'one', iat: now, ath: Buffer.from(ath).toString('base64url') }
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk }
    const proof = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
    const client = new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: clientSecretBasic('api', 'secret'),
      transport: {
        fetch: async () => Response.json({ ...good, cnf: { jkt: await calculateJwkThumbprint(jwk) } }),
      },
      policy: { dpop: { origin: audience } },
      now: () => now * 1000,
    })
    const guard = client.guard({ audience, realm, acrValues: 'platinum' })
    const decision = await guard(new Request(audience, { headers: { authorization: 'DPoP abc', dpop: proof } }))
    if (decision.allowed) throw new Error('allowed')
    const challenges = parseChallenges(decision.headers['www-authenticate'] ?? '') ?? []
    expect([decision.status, decision.reason]).toEqual([401, 'authentication'])
    expect(challenges.map(({ scheme, parameters }) => [scheme, parameters['error'], parameters['acr_values']])).toEqual(
      [
        ['Bearer', undefined, undefined],
        ['DPoP', 'insufficient_user_authentication', 'platinum'],
      ],
    )
  })

  test.each([
    ['one of several classes', { acrValues: ['platinum', 'gold'] }],
    ['exactly the maximum age', { maxAuthenticationAgeSeconds: 100 }],
    ['both', { acrValues: 'gold', maxAuthenticationAgeSeconds: 100 }],
  ])('is not refused with %s', async (_, options) => {
    expect((await decide(good, options)).allowed).toBe(true)
  })
})

describe('the challenge', () => {
  test('STEP-04 lists classes in order of preference, with a space between them, and the maximum age', async () => {
    const options = { acrValues: ['platinum', 'urn:example:loa:3'], maxAuthenticationAgeSeconds: 0 }
    expect(await challengeOf(good, options)).toEqual(
      refused({ acr_values: 'platinum urn:example:loa:3', max_age: '0' }),
    )
  })

  test.each([
    ['maxAuthenticationAgeSeconds', { maxAuthenticationAgeSeconds: -1 }],
    ['maxAuthenticationAgeSeconds', { maxAuthenticationAgeSeconds: 1.5 }],
    ['maxAuthenticationAgeSeconds', { maxAuthenticationAgeSeconds: Number.NaN }],
    ['acrValues', { acrValues: 'gold platinum' }],
    ['acrValues', { acrValues: 'gold"' }],
    ['acrValues', { acrValues: [] }],
  ])('STEP-04 cannot have the %s %o', async (name, options) => {
    await expect(decide(good, options)).rejects.toThrow(new RegExp(`^guard\\.${name}: `))
  })

  test('STEP-04 writes the age in digits, however large it is', async () => {
    const { challenges } = await challengeOf(
      { ...good, acr: 'none' },
      { acrValues: 'gold', maxAuthenticationAgeSeconds: Number.MAX_SAFE_INTEGER },
    )
    expect(challenges?.[0]?.parameters['max_age']).toBe('9007199254740991')
  })

  test.each([
    ['inactive', { active: false }, 'token_inactive'],
    ['for another audience', { ...good, aud: 'https://other.example.com', acr: 'none' }, 'audience'],
    ['bound to a key', { ...good, cnf: { jkt: 'x'.repeat(43) }, acr: 'none' }, 'confirmation'],
  ])('STEP-07 does not tell the holder of a token %s the required login', async (_, answer, reason) => {
    const { challenges, ...found } = await challengeOf(answer, { acrValues: 'gold' })
    expect(found).toEqual({ status: 401, reason })
    expect(challenges?.[0]?.parameters).toEqual({ realm, error: 'invalid_token' })
  })
})
