/** RFC 9449 §4.3, §7: callers whose access token is bound to a key. They prove that they have the key. */
import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import {
  type ClientAuthenticationTokenError,
  type Complaint,
  createMemoryLimiter,
  type RefusedEvent,
} from '../../src/index.ts'
import { ask, createKey } from '../asking.ts'
import { createEndpoint, ISSUER, json, NOW, RECORD } from '../endpoint.ts'

const TOKEN = 'caller-token-Zk3wQ9'
const ENDPOINT = `${ISSUER}/introspect`
const key = await createKey('ES256')
const other = await createKey('ES256')
const rsa = await createKey('RS256')
const { kid: _kid, ...jwk } = key.jwk
const jkt = await calculateJwkThumbprint(jwk)
const rsaJkt = await calculateJwkThumbprint(rsa.jwk)
const ath = createHash('sha256').update(TOKEN).digest('base64url')
let proofs = 0

const record = { client_id: 'orders-api', scope: 'introspection', aud: ISSUER, exp: NOW + 60 }

async function setUp(bound: string | undefined = jkt) {
  const { handler } = await createEndpoint({
    clientAuthentication: {
      methods: ['Bearer', 'DPoP'],
      accessToken: { find: () => (bound === '' ? record : { ...record, cnf: { jkt: bound } }), endpoint: ENDPOINT },
      protectedResources: [{ id: 'orders-api', audiences: [RECORD.aud], methods: ['Bearer', 'DPoP'] }],
    },
  })
  return handler
}

async function prove(
  changes: Readonly<Record<string, unknown>> = {},
  header: object = {},
  signer = key,
): Promise<string> {
  return await new SignJWT({ htm: 'POST', htu: ENDPOINT, ath, iat: NOW, jti: `proof-${proofs++}`, ...changes })
    .setProtectedHeader({ alg: signer.algorithm, typ: 'dpop+jwt', jwk: signer === key ? jwk : signer.jwk, ...header })
    .sign(signer.privateKey)
}

function fields(dpop: string, scheme = 'DPoP') {
  return { headers: { authorization: `${scheme} ${TOKEN}`, dpop } }
}

describe('DPoP', () => {
  test.each<[string, JWTPayload]>([
    ['that is correct', {}],
    ['whose htu has a query', { htu: `${ENDPOINT}?a=b#c` }],
    ['whose htu is not normalized', { htu: 'HTTPS://AS.example.com:443/x/../introspect' }],
  ])('accepts a proof %s', async (_, changes) => {
    const response = await ask(await setUp(), {}, fields(await prove(changes)))
    expect([response.status, json(response)['active']]).toEqual([200, true])
  })

  test.each<[string, () => Promise<string>]>([
    ['of another key', () => prove({}, {}, other)],
    ['signed by a key other than its jwk', () => prove({}, { jwk: jwk }, other)],
    ['with a private key as jwk', () => prove({}, { jwk: { ...jwk, d: 'AAAA' } })],
    ['without a jwk', () => prove({}, { jwk: undefined })],
    ['for another token', () => prove({ ath: createHash('sha256').update('x').digest('base64url') })],
    ['without ath', () => prove({ ath: undefined })],
    ['for another method', () => prove({ htm: 'GET' })],
    ['for the method in another case', () => prove({ htm: 'post' })],
    ['for another endpoint', () => prove({ htu: `${ISSUER}/token` })],
    ['for another host', () => prove({ htu: 'https://evil.example.com/introspect' })],
    ['from long ago', () => prove({ iat: NOW - 61 })],
    ['from the future', () => prove({ iat: NOW + 61 })],
    ['without a date', () => prove({ iat: undefined })],
    ['without jti', () => prove({ jti: undefined })],
    ['of another type', () => prove({}, { typ: 'JWT' })],
    ['that is sent twice', async () => `${await prove()}, ${await prove()}`],
    ['that is not a JWT', () => Promise.resolve('x')],
  ])('refuses a proof %s', async (_, proof) => {
    const response = await ask(await setUp(), {}, fields(await proof()))
    expect([response.status, json(response)['error']]).toEqual([401, 'invalid_token'])
    expect(response.headers['www-authenticate']).toMatch(
      /^DPoP .*error="invalid_dpop_proof", algs="PS256 ES256 EdDSA Ed25519"/,
    )
  })

  test('refuses an algorithm that is not allowed (FAPI-04)', async () => {
    expect((await ask(await setUp(rsaJkt), {}, fields(await prove({}, {}, rsa)))).status).toBe(401)
  })

  test('refuses a proof that was used before', async () => {
    const handler = await setUp()
    const proof = await prove()
    expect((await ask(handler, {}, fields(proof))).status).toBe(200)
    expect((await ask(handler, {}, fields(proof))).status).toBe(401)
  })

  test('records a proof as used last, when its caller has the scope and budget left', async () => {
    const remember = vi.fn((_key: string, _expiresAt: number, _owner: string) => true)
    const find = vi.fn(() => ({ ...record, scope: 'other', cnf: { jkt } }))
    const { handler } = await createEndpoint({
      limits: { limiter: createMemoryLimiter({ points: 1, windowSeconds: 60, now: () => NOW * 1000 }) },
      clientAuthentication: {
        methods: ['DPoP'],
        accessToken: { find, endpoint: ENDPOINT },
        replayStore: { remember },
        protectedResources: [{ id: 'orders-api', audiences: [RECORD.aud], methods: ['DPoP'] }],
      },
    })
    const status = async (): Promise<number> => (await ask(handler, {}, fields(await prove()))).status
    expect(await status()).toBe(401)
    expect(remember).not.toHaveBeenCalled()
    find.mockReturnValue({ ...record, cnf: { jkt } })
    // The second request is the one that used up the budget.
    expect([await status(), await status(), await status(), await status()]).toEqual([200, 429, 429, 429])
    expect(remember).toHaveBeenCalledTimes(2)
    expect(remember.mock.calls[0]?.[2]).toBe(remember.mock.calls[1]?.[2])
  })

  test('refuses a bound token as Bearer, and an unbound one as DPoP', async () => {
    expect((await ask(await setUp(), {}, fields(await prove(), 'Bearer'))).status).toBe(401)
    expect((await ask(await setUp(''), {}, fields(await prove()))).status).toBe(401)
    expect((await ask(await setUp(''), {}, fields(await prove(), 'Bearer'))).status).toBe(200)
  })

  test('does not derive the endpoint from the request', async () => {
    await expect(
      createEndpoint({ clientAuthentication: { methods: ['DPoP'], accessToken: { find: () => null } } }),
    ).rejects.toThrow('clientAuthentication.accessToken.endpoint: must be the URL of this endpoint, for DPoP')
  })
})

describe('the event about a refused proof', () => {
  test.each<[string, () => Promise<string | undefined>, Partial<Complaint>]>([
    ['that is missing', () => Promise.resolve(undefined), { rule: 'DPoP', got: 'no DPoP field' }],
    [
      'for another URL',
      () => prove({ htu: `${ISSUER}/token` }),
      { rule: 'htu', got: `"${ISSUER}/token"`, expected: `"${ENDPOINT}"` },
    ],
    ['from long ago', () => prove({ iat: NOW - 61 }), { rule: 'iat', got: `${NOW - 61}, 61 s ago` }],
    [
      'of another key',
      () => prove({}, {}, other),
      { rule: 'jwk', expected: `the key that the token is bound to, "${jkt}"` },
    ],
    [
      'of another type',
      () => prove({}, { typ: 'JWT' }),
      { rule: 'signature', got: expect.stringContaining('typ "JWT"') as string },
    ],
  ])('%s', async (_, write, complaint) => {
    const { handler, events } = await createEndpoint({
      clientAuthentication: {
        methods: ['DPoP'],
        accessToken: { find: () => ({ ...record, cnf: { jkt } }), endpoint: ENDPOINT },
        protectedResources: [{ id: 'orders-api', methods: ['DPoP'] }],
      },
    })
    const dpop = await write()
    const headers = { authorization: `DPoP ${TOKEN}`, ...(dpop !== undefined && { dpop }) }
    expect((await ask(handler, {}, { headers })).status).toBe(401)
    const { error } = events.find(({ type }) => type === 'refused') as RefusedEvent
    expect((error as ClientAuthenticationTokenError).complaint).toMatchObject(complaint)
    expect(error.message).toMatch(/^DPoP proof: \w+: got .*, expected .*\. \w/)
  })
})
