/** `attest_jwt_client_auth` (draft-ietf-oauth-attestation-based-client-auth-11): one test for each rule. */
import express from 'express'
import { exportJWK, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { toExpressHandler } from '../../src/adapters/express.ts'
import {
  type AttestationOptions,
  type ClientAuthenticationFailedError,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  createRevocationHandler,
  type ProtectedResource,
  type RefusedEvent,
  type ReplayStore,
} from '../../src/index.ts'
import { ask, createKey } from '../asking.ts'
import { basic, type Changes, createEndpoint, FORM, ISSUER, json, NOW, RECORD, token } from '../endpoint.ts'
import { createFakeRevocationLog } from '../fake-revocation-log.ts'
import { listen, portOf } from './forms.ts'
import { whenDone } from './when-done.ts'

type Key = Awaited<ReturnType<typeof createKey>>

const ATTESTER = 'https://attester.example.com'
const attesterKey = await createKey('ES256', 'attester-1')
const instanceKey = await createKey('ES256')
const otherKey = await createKey('ES256', 'attester-1')
const rsaKey = await createKey('RS256')
const attesters = [{ issuer: ATTESTER, jwks: { keys: [attesterKey.jwk] } }]

const orders: ProtectedResource = { id: 'orders-api', methods: ['attest_jwt_client_auth'], audiences: [RECORD.aud] }
const withSecret: ProtectedResource = { id: 'invoices-api', clientSecrets: ['s3cr3t'], audiences: [RECORD.aud] }

interface Parts {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly key?: { readonly algorithm: string; readonly privateKey: Key['privateKey'] | Uint8Array }
}

async function signed(
  claims: Readonly<Record<string, unknown>>,
  typ: string,
  fallback: Key,
  { header, key = fallback }: Parts,
) {
  const all = { alg: key.algorithm, typ, ...header }
  return await new SignJWT(claims).setProtectedHeader(all).sign(key.privateKey)
}

/** A correct attestation of `orders-api`, with changes. */
async function attestation({ claims, ...parts }: Parts = {}): Promise<string> {
  const all = {
    iss: ATTESTER,
    sub: 'orders-api',
    iat: NOW - 60,
    exp: NOW + 3600,
    cnf: { jwk: instanceKey.jwk },
    ...claims,
  }
  return await signed(all, 'oauth-client-attestation+jwt', attesterKey, parts)
}

let proofs = 0

/** A correct proof of the client instance, with changes. */
async function proof({ claims, ...parts }: Parts = {}): Promise<string> {
  const all = { aud: ISSUER, jti: `proof-${proofs++}`, iat: NOW, ...claims }
  return await signed(all, 'oauth-client-attestation-pop+jwt', instanceKey, parts)
}

function fields(attested: string, proven: string): Record<string, string> {
  return { 'oauth-client-attestation': attested, 'oauth-client-attestation-pop': proven }
}

async function endpoint(changes: Partial<AttestationOptions> = {}, more: Changes['clientAuthentication'] = {}) {
  return await createEndpoint({
    clientAuthentication: {
      methods: ['attest_jwt_client_auth', 'client_secret_basic'],
      protectedResources: [orders, withSecret],
      attestation: { attesters, ...changes },
      ...more,
    },
  })
}

async function statusOf(
  { handler }: Awaited<ReturnType<typeof endpoint>>,
  attested: string,
  proven: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<number> {
  return (await ask(handler, parameters, { headers: fields(attested, proven) })).status
}

/** The rule that the event says was broken. The caller gets the same answer for each. */
async function ruleOf(attested: string, proven: string, parameters: Readonly<Record<string, string>> = {}) {
  const { handler, events } = await endpoint()
  const response = await ask(handler, parameters, { headers: fields(attested, proven) })
  expect([response.status, json(response)]).toEqual([401, { error: 'invalid_client' }])
  const { error } = events.find(({ type }) => type === 'refused') as RefusedEvent
  return (error as ClientAuthenticationFailedError).complaint?.rule
}

const unencodedKey = { ...instanceKey.jwk, ...(await exportJWK(instanceKey.privateKey)) }
const hmac = { algorithm: 'HS256', privateKey: new TextEncoder().encode('a secret of at least thirty-two octets') }

/** A JWT with `alg: none`, which no library signs. */
async function unsigned(jwt: Promise<string>): Promise<string> {
  const [header = '', payload] = (await jwt).split('.')
  const changed = { ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as object), alg: 'none' }
  return `${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${payload}.AA`
}

describe('an attestation', () => {
  test.each<[string, Parts, Parts]>([
    ['of a trusted attester with a proof', {}, {}],
    ['without iss and iat', { claims: { iss: undefined, iat: undefined } }, {}],
    ['with other claims', { claims: { platform: 'a', nbf: NOW - 1 } }, { claims: { exp: NOW + 1, nbf: NOW } }],
    ['with a typ that names the whole media type', { header: { typ: 'application/oauth-client-attestation+jwt' } }, {}],
    ['with a challenge that nobody asked for', {}, { claims: { challenge: 'x' } }],
  ])('authenticates the caller %s (ATT-01)', async (_, attested, proven) => {
    const at = await endpoint()
    expect(await statusOf(at, await attestation(attested), await proof(proven))).toBe(200)
    expect(at.events).toMatchObject([{ type: 'introspected', protectedResource: 'orders-api', active: true }])
  })

  test.each<[string, string, Parts]>([
    ['of another typ', 'typ', { header: { typ: 'JWT' } }],
    ['without typ', 'typ', { header: { typ: undefined } }],
    ['with a critical header parameter', 'crit', { header: { crit: ['b64'], b64: true } }],
    ['with an HMAC', 'alg', { key: hmac }],
    ['without sub', 'sub', { claims: { sub: undefined } }],
    ['with a sub that is no text', 'sub', { claims: { sub: 1 } }],
    ['without exp', 'exp', { claims: { exp: undefined } }],
    ['that has expired', 'exp', { claims: { exp: NOW - 5 } }],
    ['that is not valid yet', 'nbf', { claims: { nbf: NOW + 6 } }],
    ['from the future', 'iat', { claims: { iat: NOW + 6 } }],
    ['without cnf', 'cnf', { claims: { cnf: undefined } }],
    ['whose cnf has no jwk', 'cnf', { claims: { cnf: { jkt: 'x' } } }],
    ['whose cnf is a private key', 'cnf', { claims: { cnf: { jwk: unencodedKey } } }],
    ['whose cnf is a symmetric key', 'cnf', { claims: { cnf: { jwk: { kty: 'oct', k: 'AAAA' } } } }],
    ['of an attester that is not trusted', 'signature', { claims: { iss: 'https://other.example.com' } }],
    ['with a signature by another key', 'signature', { key: otherKey }],
    ['without iss, with a signature by another key', 'signature', { key: otherKey, claims: { iss: undefined } }],
    ['of a caller that is not registered', 'methods', { claims: { sub: 'nobody' } }],
    ['of a caller without the method', 'methods', { claims: { sub: 'invoices-api' } }],
  ])('is refused %s (ATT-02)', async (_, rule, parts) => {
    expect(await ruleOf(await attestation(parts), await proof())).toBe(rule)
  })

  test('is refused without a signature (ATT-02)', async () => {
    expect(await ruleOf(await unsigned(attestation()), await proof())).toBe('alg')
  })

  test('is refused beside another client_id (ATT-02)', async () => {
    expect(await ruleOf(await attestation(), await proof(), { client_id: 'invoices-api' })).toBe('client_id')
    expect(await statusOf(await endpoint(), await attestation(), await proof(), { client_id: 'orders-api' })).toBe(200)
  })

  test('is one field: two of them, a long one and none are refused (ATT-02)', async () => {
    const one = await attestation()
    const long = await attestation({ claims: { x: 'x'.repeat(17_000) } })
    for (const field of [`${one}, ${one}`, long, 'x']) expect(await ruleOf(field, await proof())).toBe('form')
    const { handler } = await endpoint()
    const headers = { 'oauth-client-attestation-pop': await proof() }
    expect((await ask(handler, {}, { headers })).status).toBe(401)
  })

  test('is verified with the keys of its issuer alone (ATT-02)', async () => {
    const second = { issuer: 'https://second.example.com', jwks: { keys: [otherKey.jwk] } }
    const at = await endpoint({ attesters: [...attesters, second] })
    expect(await statusOf(at, await attestation({ key: otherKey }), await proof())).toBe(401)
    expect(
      await statusOf(at, await attestation({ key: otherKey, claims: { iss: second.issuer } }), await proof()),
    ).toBe(200)
    expect(await statusOf(at, await attestation({ key: otherKey, claims: { iss: undefined } }), await proof())).toBe(
      200,
    )
  })

  test('is verified with keys that the attester publishes, and answered 503 while these cannot be had (ATT-02)', async () => {
    const jwksUri = `${ATTESTER}/jwks`
    const fetchJwks = vi.fn(() => Promise.resolve(Response.json({ keys: [attesterKey.jwk] })))
    const published = { attesters: [{ issuer: ATTESTER, jwksUri }] }
    expect(await statusOf(await endpoint(published, { fetchJwks }), await attestation(), await proof())).toBe(200)
    expect(fetchJwks.mock.calls.map(([uri]: unknown[]) => uri)).toEqual([jwksUri])
    const down = await endpoint(published, { fetchJwks: () => Promise.reject(new Error('down')) })
    expect(await statusOf(down, await attestation(), await proof())).toBe(503)
    const beside = { attesters: [{ issuer: 'https://down.example.com', jwksUri }, ...attesters] }
    const other = await endpoint(beside, { fetchJwks: () => Promise.reject(new Error('down')) })
    expect(await statusOf(other, await attestation({ claims: { iss: undefined } }), await proof())).toBe(200)
  })
})

describe('the proof of an attestation', () => {
  test.each<[string, string, Parts]>([
    ['of another typ', 'typ', { header: { typ: 'oauth-client-attestation+jwt' } }],
    ['with an HMAC', 'alg', { key: hmac }],
    ['with another algorithm than its key', 'signature', { key: rsaKey }],
    ['by another key than the attested one', 'signature', { key: otherKey }],
    ['by the attester', 'signature', { key: attesterKey }],
    ['without aud', 'aud', { claims: { aud: undefined } }],
    ['for another server', 'aud', { claims: { aud: 'https://other.example.com' } }],
    ['for two servers', 'aud', { claims: { aud: [ISSUER, 'https://other.example.com'] } }],
    ['without jti', 'jti', { claims: { jti: undefined } }],
    ['without iat', 'iat', { claims: { iat: undefined } }],
    ['that is too old', 'iat', { claims: { iat: NOW - 66 } }],
    ['from the future', 'iat', { claims: { iat: NOW + 6 } }],
    ['that has expired', 'exp', { claims: { exp: NOW - 5 } }],
    ['that is not valid yet', 'nbf', { claims: { nbf: NOW + 6 } }],
    ['whose challenge is no text', 'challenge', { claims: { challenge: 1 } }],
  ])('is refused %s (ATT-03)', async (_, rule, parts) => {
    expect(await ruleOf(await attestation(), await proof(parts))).toBe(rule)
  })

  test('is refused without a signature (ATT-03)', async () => {
    expect(await ruleOf(await attestation(), await unsigned(proof()))).toBe('alg')
  })

  test('is refused when it is missing (ATT-03)', async () => {
    const { handler } = await endpoint()
    const headers = { 'oauth-client-attestation': await attestation() }
    expect((await ask(handler, {}, { headers })).status).toBe(401)
  })

  test('works within its age and the tolerance, and not after (ATT-03)', async () => {
    const at = await endpoint({ maxProofAgeSeconds: 10, clockToleranceSeconds: 0 })
    expect(await statusOf(at, await attestation(), await proof({ claims: { iat: NOW - 10 } }))).toBe(200)
    expect(await statusOf(at, await attestation(), await proof({ claims: { iat: NOW - 11 } }))).toBe(401)
  })

  test('works once, for each instance (ATT-04)', async () => {
    const at = await endpoint()
    const used = await proof({ claims: { jti: 'used' } })
    expect(await statusOf(at, await attestation(), used)).toBe(200)
    expect(await statusOf(at, await attestation(), used)).toBe(401)
    expect(await statusOf(at, await attestation(), await proof({ claims: { jti: 'used', iat: NOW - 1 } }))).toBe(401)
    const another = await attestation({ claims: { cnf: { jwk: otherKey.jwk } } })
    expect(await statusOf(at, another, await proof({ claims: { jti: 'used' }, key: otherKey }))).toBe(200)
  })

  test('is remembered until it is too old, in the share of its caller, and only after every other check (ATT-04)', async () => {
    const remember = vi.fn<ReplayStore['remember']>(() => true)
    const at = await endpoint({}, { replayStore: { remember } })
    await statusOf(at, await attestation(), await proof({ key: otherKey }))
    await statusOf(at, await attestation({ claims: { sub: 'nobody' } }), await proof())
    expect(remember).not.toHaveBeenCalled()
    await statusOf(at, await attestation(), await proof())
    expect(remember.mock.calls.map(([, expiresAt]) => expiresAt)).toEqual([NOW + 65])
    const down = await endpoint({}, { replayStore: { remember: () => Promise.reject(new Error('down')) } })
    expect(await statusOf(down, await attestation(), await proof())).toBe(503)
  })
})

describe('a challenge', () => {
  const challenges = { issue: () => 'next-challenge', accept: (challenge: string) => challenge === 'good' }

  test.each([
    ['none', undefined],
    ['one that is not accepted', 'old'],
  ])('is demanded with another one when the proof has %s (ATT-05)', async (_, challenge) => {
    const remember = vi.fn<ReplayStore['remember']>(() => true)
    const { handler, events } = await endpoint({ challenges }, { replayStore: { remember } })
    const headers = fields(await attestation(), await proof({ claims: { challenge } }))
    const response = await ask(handler, {}, { headers })
    expect([response.status, json(response)]).toEqual([400, { error: 'use_attestation_challenge' }])
    expect(response.headers).toMatchObject({ 'oauth-client-attestation-challenge': 'next-challenge' })
    expect(events).toMatchObject([{ type: 'refused', error: { code: 'ERR_CLIENT_AUTHENTICATION_CHALLENGE' } }])
    expect(remember).not.toHaveBeenCalled()
  })

  test('that is accepted authenticates the caller (ATT-05)', async () => {
    const at = await endpoint({ challenges })
    expect(await statusOf(at, await attestation(), await proof({ claims: { challenge: 'good' } }))).toBe(200)
  })

  test('is given to nobody without a good attestation and proof (ATT-05)', async () => {
    const issue = vi.fn(() => 'next')
    const at = await endpoint({ challenges: { ...challenges, issue } })
    expect(await statusOf(at, await attestation({ key: otherKey }), await proof())).toBe(401)
    expect(await statusOf(at, await attestation(), await proof({ key: otherKey }))).toBe(401)
    expect(issue).not.toHaveBeenCalled()
  })

  test.each<[string, Partial<NonNullable<AttestationOptions['challenges']>>]>([
    ['accept throws', { accept: () => Promise.reject(new Error('down')) }],
    ['issue throws', { issue: () => Promise.reject(new Error('down')) }],
    ['issue returns a value for no field', { issue: () => 'a\r\nb: c' }],
    ['issue returns nothing', { issue: () => undefined as never }],
  ])('is answered 503 when %s (ATT-05)', async (_, changes) => {
    const at = await endpoint({ challenges: { ...challenges, ...changes } })
    expect(await statusOf(at, await attestation(), await proof({ claims: { challenge: 'old' } }))).toBe(503)
  })
})

describe('the endpoint', () => {
  test('takes an attestation alone (ATT-06)', async () => {
    const { handler } = await endpoint()
    const attested = fields(await attestation(), await proof())
    const headers = { ...attested, authorization: basic('invoices-api', 's3cr3t') }
    expect((await ask(handler, {}, { headers })).status).toBe(400)
    const both = await endpoint({}, { custom: () => 'orders-api' })
    expect((await ask(both.handler, {}, { headers: attested })).status).toBe(400)
  })

  test('does not look at the fields without the method (ATT-06)', async () => {
    const { handler } = await createEndpoint({ clientAuthentication: { protectedResources: [orders, withSecret] } })
    const attested = fields(await attestation(), await proof())
    expect((await ask(handler, {}, { headers: attested })).status).toBe(401)
    const headers = { ...attested, authorization: basic('invoices-api', 's3cr3t') }
    expect((await ask(handler, {}, { headers })).status).toBe(200)
  })

  test('asks the registry only about attested callers (ATT-06)', async () => {
    const findProtectedResource = vi.fn(() => orders)
    const find = { protectedResources: undefined, findProtectedResource }
    const at = await endpoint({}, find)
    await statusOf(at, await attestation({ key: otherKey }), await proof())
    await statusOf(at, await attestation(), await proof({ key: otherKey }))
    expect(findProtectedResource).not.toHaveBeenCalled()
    expect(await statusOf(at, await attestation(), await proof())).toBe(200)
  })

  test('publishes the method and its algorithms (ATT-07)', async () => {
    const clientAuthentication = {
      methods: ['attest_jwt_client_auth'] as const,
      attestation: { attesters, algorithms: ['ES256'] },
    }
    const published = {
      client_attestation_signing_alg_values_supported: ['ES256'],
      client_attestation_pop_signing_alg_values_supported: ['ES256'],
    }
    const { handler } = await endpoint(clientAuthentication.attestation, { methods: clientAuthentication.methods })
    expect(handler.metadata({ url: `${ISSUER}/introspect` })).toEqual({
      introspection_endpoint: `${ISSUER}/introspect`,
      introspection_endpoint_auth_methods_supported: ['attest_jwt_client_auth'],
      ...published,
    })
    const revocation = createRevocationHandler({
      issuer: ISSUER,
      clientAuthentication: { ...clientAuthentication, clients: [] },
      lookup: { store: createMemoryTokenStore() },
    })
    expect(revocation.metadata({ url: `${ISSUER}/revoke` })).toMatchObject(published)
    const feed = createRevocationFeedHandler({
      issuer: ISSUER,
      clientAuthentication: { ...clientAuthentication, protectedResources: [] },
      source: createFakeRevocationLog(),
    })
    whenDone(() => feed.close())
    expect(feed.metadata({ url: `${ISSUER}/feed` })).toMatchObject(published)
  })

  test.each<[string, object, RegExp]>([
    ['no attesters', { attesters: [] }, /attestation\.attesters: must be an array of 1 to 10/],
    [
      'an attester without issuer',
      { attesters: [{ jwks: { keys: [attesterKey.jwk] } }] },
      /attesters\[0\]\.issuer: is req/,
    ],
    ['an attester without keys', { attesters: [{ issuer: ATTESTER }] }, /attesters\[0\]\.jwks: give this or jwksUri/],
    [
      'a private key',
      { attesters: [{ issuer: ATTESTER, jwks: { keys: [unencodedKey] } }] },
      /jwks: must hold public keys/,
    ],
    [
      'plain http',
      { attesters: [{ issuer: ATTESTER, jwksUri: 'http://a.example/jwks' }] },
      /jwksUri: must be an https/,
    ],
    ['an HMAC', { algorithms: ['HS256'] }, /attestation\.algorithms: must hold some of/],
    ['none', { algorithms: ['none'] }, /attestation\.algorithms: must hold some of/],
    ['half a pair of functions', { challenges: { issue: () => 'x' } }, /challenges\.accept: is required/],
    ['another option', { maxAge: 1 }, /maxAge/],
  ])('refuses options with %s', async (_, changes, message) => {
    await expect(endpoint(changes)).rejects.toThrow(TypeError)
    await expect(endpoint(changes)).rejects.toThrow(message)
  })

  test('refuses the method without attesters, and attesters without the method', async () => {
    await expect(endpoint({}, { attestation: undefined })).rejects.toThrow(/attest_jwt_client_auth needs/)
    await expect(endpoint({}, { methods: ['client_secret_basic'] })).rejects.toThrow(
      /is for attest_jwt_client_auth only/,
    )
  })
})

describe('over HTTP', () => {
  test('an attested caller asks an Express app, and answers its challenge (ATT-08)', async () => {
    const challenges = { issue: () => 'challenge-1', accept: (challenge: string) => challenge === 'challenge-1' }
    const { handler } = await endpoint({ challenges })
    const app = express()
    app.all('/introspect', toExpressHandler(handler))
    const server = await listen(app)
    const introspect = async (challenge: string | undefined): Promise<Response> =>
      await fetch(`http://127.0.0.1:${portOf(server)}/introspect`, {
        method: 'POST',
        headers: { 'content-type': FORM, ...fields(await attestation(), await proof({ claims: { challenge } })) },
        body: `token=${token('active')}`,
      })
    const first = await introspect(undefined)
    expect([first.status, await first.json()]).toEqual([400, { error: 'use_attestation_challenge' }])
    const second = await introspect(first.headers.get('oauth-client-attestation-challenge') ?? undefined)
    expect([second.status, await second.json()]).toMatchObject([200, { active: true, sub: 'alice' }])
  })
})
