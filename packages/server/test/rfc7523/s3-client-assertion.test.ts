/** RFC 7523 §2.2, §3 and RFC 7521 §4.2: client assertions, and every assertion that must be refused. */
import { messageOf } from '@token-introspection/core'
import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ClientAuthenticationFailedError, Complaint, ProtectedResource, RefusedEvent } from '../../src/index.ts'
import { ask, asserting, claims, createKey, JWT_BEARER, sign } from '../asking.ts'
import { type Changes, createEndpoint, ISSUER, json, NOW, RECORD } from '../endpoint.ts'

const key = await createKey('ES256')
const rsa = await createKey('RS256', 'rsa')
const other = await createKey('ES256')

async function endpoint(clientAuthentication: Changes['clientAuthentication'] = {}) {
  return await createEndpoint({
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', jwks: { keys: [key.jwk, rsa.jwk] }, audiences: [RECORD.aud] }],
      ...clientAuthentication,
    },
  })
}

/** Status and error code of an answer. */
async function answerTo(form: Record<string, string>, clientAuthentication: Changes['clientAuthentication'] = {}) {
  const { handler } = await endpoint(clientAuthentication)
  const response = await ask(handler, form)
  return [response.status, json(response)['error'] ?? json(response)['active']]
}

const taken = [200, true]
const refused = [401, 'invalid_client']

describe('RFC 7523 §3', () => {
  test.each([
    ['ES256', key],
    ['RS256', rsa],
  ])('accepts %s by default, because RS256 is mandatory (ASRT-16)', async (_, signer) => {
    expect(await answerTo(asserting(await sign(signer)))).toEqual(taken)
  })

  test.each<[string, Record<string, string>]>([
    ['another assertion type', { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }],
    ['no assertion type', { client_assertion_type: '' }],
    ['the type in another case', { client_assertion_type: JWT_BEARER.toUpperCase() }],
  ])('refuses %s (ASRT-01)', async (_, parameters) => {
    expect(await answerTo(asserting(await sign(key), parameters))).toEqual(refused)
  })

  test('refuses two JWTs in one parameter (ASRT-01)', async () => {
    const both = `${await sign(key)} ${await sign(key)}`
    expect(await answerTo(asserting(both))).toEqual(refused)
  })

  test.each<[string, JWTPayload]>([
    ['another sub', { sub: 'invoices-api' }],
    ['another iss', { iss: 'invoices-api' }],
    ['no sub', { sub: undefined }],
    ['no iss', { iss: undefined }],
    ['an empty pair', { iss: '', sub: '' }],
    ['an unknown caller', { iss: 'nobody', sub: 'nobody' }],
  ] as [string, JWTPayload][])('refuses %s (ASRT-02)', async (_, changes) => {
    expect(await answerTo(asserting(await sign(key, changes)))).toEqual(refused)
  })

  test.each([
    ['the same', 'orders-api', taken],
    ['another', 'invoices-api', refused],
  ])('gives the right answer when client_id is %s (ASRT-03)', async (_, clientId, answer) => {
    expect(await answerTo(asserting(await sign(key), { client_id: clientId }))).toEqual(answer)
  })

  test.each<[string, unknown]>([
    ['this endpoint', `${ISSUER}/introspect`],
    ['the token endpoint', `${ISSUER}/token`],
    ['the issuer with a slash', `${ISSUER}/`],
    ['another server', 'https://evil.example.com'],
    ['the issuer and the token endpoint', [ISSUER, `${ISSUER}/token`]],
    ['the issuer twice', [ISSUER, ISSUER]],
    ['nobody', []],
    ['not a text', 7],
    ['nothing', undefined],
  ])('refuses an assertion whose aud is %s (ASRT-05)', async (_, aud) => {
    expect(await answerTo(asserting(await sign(key, { aud } as JWTPayload)))).toEqual(refused)
  })

  test('accepts an array with only the issuer, except with the profile fapi2 (ASRT-06)', async () => {
    expect(await answerTo(asserting(await sign(key, { aud: [ISSUER] })))).toEqual(taken)
    expect(await answerTo(asserting(await sign(key, { aud: [ISSUER] })), { assertion: { fapi2: true } })).toEqual(
      refused,
    )
    expect(await answerTo(asserting(await sign(key)), { assertion: { fapi2: true } })).toEqual(taken)
  })

  test('accepts an endpoint as the audience only with the option, and warns about it (ASRT-07)', async () => {
    const aud = `${ISSUER}/token`
    const { handler, events } = await endpoint({ assertion: { legacyAudiences: [aud] } })
    expect(events).toMatchObject([{ type: 'warning', code: 'legacy-audiences' }])
    expect((await ask(handler, asserting(await sign(key, { aud })))).status).toBe(200)
    expect((await ask(handler, asserting(await sign(key, { aud: `${ISSUER}/other` })))).status).toBe(401)
  })

  test.each<[string, unknown, unknown[]]>([
    ['the issuer and a listed value, as openid-client 4 and 5 send', [ISSUER, `${ISSUER}/token`], taken],
    ['the same in the other order', [`${ISSUER}/token`, ISSUER], taken],
    ['every listed value', [`${ISSUER}/token`, `${ISSUER}/introspect`], taken],
    ['a listed value alone, in an array', [`${ISSUER}/token`], taken],
    ['a value that is not listed beside the issuer', [ISSUER, 'https://evil.example.com'], refused],
    ['a value that is not a text beside the issuer', [ISSUER, 7], refused],
    ['an array in an array', [[ISSUER]], refused],
    ['an empty array', [], refused],
  ])('with listed audiences gives the right answer to %s (ASRT-07)', async (_, aud, answer) => {
    const legacyAudiences = [`${ISSUER}/token`, `${ISSUER}/introspect`]
    const jwt = await sign(key, { aud } as JWTPayload)
    expect(await answerTo(asserting(jwt), { assertion: { legacyAudiences } })).toEqual(answer)
    const fapi = await answerTo(asserting(jwt), { assertion: { legacyAudiences, fapi2: true } })
    expect(fapi).toEqual(refused)
  })

  test.each([[undefined], ['JWT'], ['jwt'], ['client-authentication+jwt'], ['application/client-authentication+jwt']])(
    'accepts typ %s (ASRT-09)',
    async (typ) => {
      expect(await answerTo(asserting(await sign(key, {}, { typ })))).toEqual(taken)
    },
  )

  test.each(['at+jwt', 'dpop+jwt', 'token-introspection+jwt', 'logout+jwt', 'secevent+jwt', ''])(
    'refuses typ %j (ASRT-10)',
    async (typ) => {
      expect(await answerTo(asserting(await sign(key, {}, { typ })))).toEqual(refused)
    },
  )

  test.each<[string, unknown, unknown[]]>([
    ['absent', undefined, refused],
    ['past', NOW - 6, refused],
    ['past within the tolerance', NOW - 4, taken],
    ['in ten years', NOW + 315_360_000, refused],
    ['beyond the longest lifetime', NOW + 306, refused],
    ['at the longest lifetime', NOW + 300, taken],
    ['a text', String(NOW + 60), refused],
    ['null', null, refused],
  ])('gives the right answer when exp is %s (ASRT-11)', async (_, exp, answer) => {
    expect(await answerTo(asserting(await sign(key, { exp } as JWTPayload)))).toEqual(answer)
  })

  test.each<[string, JWTPayload, unknown[]]>([
    ['an nbf in the future', { nbf: NOW + 10 }, refused],
    ['an nbf within the tolerance', { nbf: NOW + 4 }, taken],
    ['an iat in the future', { iat: NOW + 10 }, refused],
    ['an iat long ago', { iat: NOW - 3600 }, refused],
  ])('gives the right answer to %s (ASRT-12)', async (_, changes, answer) => {
    expect(await answerTo(asserting(await sign(key, changes)))).toEqual(answer)
  })

  test('accepts dates as strings only with the option', async () => {
    const dates = { exp: String(NOW + 60), iat: String(NOW) } as unknown as JWTPayload
    expect(await answerTo(asserting(await sign(key, dates)), { assertion: { allowStringDates: true } })).toEqual(taken)
    const words = { exp: '1e99' } as unknown as JWTPayload
    expect(await answerTo(asserting(await sign(key, words)), { assertion: { allowStringDates: true } })).toEqual(
      refused,
    )
  })

  test.each<[string, (seconds: number) => unknown]>([
    ['keystonemiddleware, which sends texts', String],
    ['Authlib and zitadel/oidc', Number],
  ])('accepts the lifetime of one hour of %s only when both options allow it', async (_, write) => {
    const hour = { iat: write(NOW), exp: write(NOW + 3600) } as unknown as JWTPayload
    const take = async (assertion: object) => await answerTo(asserting(await sign(key, hour)), { assertion })
    expect(await take({ allowStringDates: true })).toEqual(refused)
    expect(await take({ allowStringDates: true, maxLifetimeSeconds: 3600 })).toEqual(taken)
  })

  test.each([[undefined], [''], ['x'.repeat(3000)]])('refuses an assertion with jti %j (ASRT-13)', async (jti) => {
    expect(await answerTo(asserting(await sign(key, { jti } as JWTPayload)))).toEqual(refused)
  })

  test('refuses a repeated jti (ASRT-13)', async () => {
    const { handler } = await endpoint()
    const jwt = await sign(key)
    expect((await ask(handler, asserting(jwt))).status).toBe(200)
    expect((await ask(handler, asserting(jwt))).status).toBe(401)
    expect((await ask(handler, asserting(await sign(key, { jti: 'one' })))).status).toBe(200)
    expect((await ask(handler, asserting(await sign(key, { jti: 'one', exp: NOW + 200 })))).status).toBe(401)
  })

  test('lets nobody use up the jti of another caller with a wrong signature (ASRT-13)', async () => {
    const { handler } = await endpoint()
    expect((await ask(handler, asserting(await sign(other, { jti: 'mine' })))).status).toBe(401)
    expect((await ask(handler, asserting(await sign(key, { jti: 'mine' })))).status).toBe(200)
  })

  test('answers 503 when it cannot tell whether an assertion was used (ASRT-13)', async () => {
    const { handler } = await endpoint({ replayStore: { remember: () => Promise.reject(new Error('down')) } })
    const response = await ask(handler, asserting(await sign(key)))
    expect([response.status, response.headers['retry-after']]).toEqual([503, '1'])
  })

  test.each<[string, (jwt: string) => string]>([
    ['alg none', (jwt) => `${encode({ alg: 'none' })}.${jwt.split('.')[1]}.`],
    ['alg none with a signature', (jwt) => `${encode({ alg: 'none' })}.${jwt.split('.').slice(1).join('.')}`],
    ['no signature', (jwt) => `${jwt.split('.').slice(0, 2).join('.')}.`],
    [
      'a changed claim',
      (jwt) =>
        jwt.replace(
          /\.[^.]+\./,
          `.${encode({ iss: 'orders-api', sub: 'orders-api', aud: ISSUER, jti: 'x', exp: NOW + 9 })}.`,
        ),
    ],
    ['a changed signature', (jwt) => `${jwt.slice(0, -6)}AAAAAA`],
  ])('refuses %s (ASRT-14)', async (_, change) => {
    expect(await answerTo(asserting(change(await sign(key))))).toEqual(refused)
  })

  test('refuses an assertion that another party signed (ASRT-14)', async () => {
    expect(await answerTo(asserting(await sign(other)))).toEqual(refused)
  })

  test.each(['', 'x', 'a.b', 'a.b.c.d.e', '[]', '{"payload":""}', 'e30.e30.e30', `${'A'.repeat(20_000)}.e30.e30`])(
    'answers %.20s, which is not an assertion, as a failed client authentication (ASRT-15)',
    async (jwt) => {
      expect((await answerTo(asserting(jwt)))[1]).toBe('invalid_client')
    },
  )

  test('answers every failure with the same octets as a wrong secret (ASRT-15)', async () => {
    const { handler } = await endpoint()
    const wrongSecret = await ask(handler, {}, { headers: { authorization: 'Basic b3JkZXJzLWFwaTp4' } })
    for (const jwt of [
      await sign(other),
      await sign(key, { iss: 'nobody', sub: 'nobody' }),
      await sign(key, { exp: 1 }),
      'x',
    ]) {
      expect(await ask(handler, asserting(jwt))).toEqual(wrongSecret)
    }
  })
})

/** What the event says about a refused assertion. */
async function complaintAbout(
  jwt: string,
  clientAuthentication: Changes['clientAuthentication'] = {},
  parameters: Record<string, string> = {},
) {
  const { handler, events } = await endpoint(clientAuthentication)
  const response = await ask(handler, asserting(jwt, parameters))
  expect(json(response)).toEqual({ error: 'invalid_client' })
  const refusal = events.find(({ type }) => type === 'refused') as RefusedEvent
  const { complaint } = refusal.error as ClientAuthenticationFailedError
  expect(messageOf(refusal.error)).toBe(
    `client assertion: ${complaint?.rule}: got ${complaint?.got}, expected ${complaint?.expected}. ${complaint?.remedy}`,
  )
  return complaint as Complaint
}

function publishKey() {
  return Promise.resolve(Response.json({ keys: [key.jwk] }))
}

describe('the event about a refused assertion', () => {
  test.each<[string, JWTPayload, string, string, string, string]>([
    ['iss', { iss: 'other' }, 'iss and sub', 'iss "other" and sub "orders-api"', 'the client_id', 'at the caller'],
    ['jti', { jti: '' }, 'jti', 'a text of 0 characters', '1 to 2048', 'a jti of its own'],
    [
      'aud',
      { aud: [ISSUER, `${ISSUER}/token`] },
      'aud',
      `["${ISSUER}","${ISSUER}/token"]`,
      `"${ISSUER}" alone`,
      'legacyAudiences',
    ],
    ['no exp', { exp: undefined } as never, 'exp', 'nothing', 'the time the assertion ends', 'at the caller'],
    ['exp as text', { exp: String(NOW) } as never, 'exp', `"${NOW}"`, 'a number of seconds', 'allowStringDates'],
    ['exp past', { exp: NOW - 60 }, 'exp', `${NOW - 60}, 60 s ago`, '5 s of', 'compare the clocks'],
    ['an hour', { exp: NOW + 3600 }, 'exp', '3600 s ahead', 'at most 300 s', 'set maxLifetimeSeconds to 3600'],
    ['milliseconds', { exp: NOW * 1000 }, 'exp', `${NOW * 1000}, `, 'at most 300 s', 'not milliseconds'],
    ['nbf', { nbf: NOW + 60 }, 'nbf', '60 s ahead', 'past', 'clock'],
    ['iat in the future', { iat: NOW + 60 }, 'iat', '60 s ahead', 'past', 'clock'],
    ['iat long ago', { iat: NOW - 999 }, 'iat', '999 s ago', 'at most 300 s ago', 'for each request'],
  ])('about %s: names the rule, both values and the remedy', async (_, claim, rule, got, expected, remedy) => {
    const complaint = await complaintAbout(await sign(key, claim))
    expect(complaint.rule).toBe(rule)
    expect(complaint.got).toContain(got)
    expect(complaint.expected).toContain(expected)
    expect(complaint.remedy).toContain(remedy)
  })

  test('about the audience: names every listed value', async () => {
    const assertion = { legacyAudiences: [`${ISSUER}/token`] }
    const jwt = await sign(key, { aud: 'https://other.example.com' })
    expect(await complaintAbout(jwt, { assertion })).toMatchObject({
      got: '"https://other.example.com"',
      expected: `only values from "${ISSUER}", "${ISSUER}/token"`,
    })
  })

  test.each<[string, () => Promise<string>, Record<string, string>, Partial<Complaint>]>([
    [
      'the type',
      () => sign(key),
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      { rule: 'client_assertion_type', got: '"urn:ietf:params:oauth:client-assertion-type:saml2-bearer"' },
    ],
    ['the form', async () => 'x.y', {}, { rule: 'form', got: '3 characters that are not a signed JWT' }],
    ['the header', async () => 'e30.e30x.e30', {}, { rule: 'claims' }],
    [
      'crit',
      () => signText(encode({ alg: 'ES256', crit: ['b64'] }), encode(claims())),
      {},
      { rule: 'crit', got: '["b64"]' },
    ],
    ['typ', () => sign(key, {}, { typ: 'at+jwt' }), {}, { rule: 'typ', got: '"at+jwt"' }],
    ['alg', () => signText(encode({ alg: 7 }), encode(claims())), {}, { rule: 'alg', got: '7' }],
    [
      'the method',
      () => signText(encode({ alg: 'HS256' }), encode(claims())),
      {},
      { rule: 'method', got: 'alg "HS256", which is client_secret_jwt' },
    ],
    ['an unknown alg', () => signText(encode({ alg: 'X1' }), encode(claims())), {}, { rule: 'alg', got: '"X1"' }],
    [
      'client_id',
      () => sign(key),
      { client_id: 'x' },
      { rule: 'client_id', got: '"x"', expected: '"orders-api", as iss says, or no client_id' },
    ],
    ['who signed', () => sign(key, { iss: 'who', sub: 'who' }), {}, { rule: 'iss', got: '"who"' }],
    [
      'kid',
      () => sign(key, {}, { kid: 'old' }),
      {},
      { rule: 'kid', got: '"old"', expected: expect.stringContaining('"orders-api"') as string },
    ],
    [
      'the signature',
      () => sign(other, {}, { kid: undefined }),
      {},
      { rule: 'signature', expected: expect.stringContaining('in its jwks') as string },
    ],
  ])('about %s', async (_, write, parameters, complaint) => {
    expect(await complaintAbout(await write(), {}, parameters)).toMatchObject(complaint)
  })

  test('about the type: does not quote the assertion of a caller that swaps the parameters', async () => {
    const jwt = await sign(key)
    const complaint = await complaintAbout(JWT_BEARER, {}, { client_assertion_type: jwt })
    expect(complaint).toMatchObject({
      rule: 'client_assertion_type',
      got: `${jwt.length} characters that are no URN`,
    })
    expect(JSON.stringify(complaint)).not.toContain(jwt.slice(-20))
  })

  test.each<[string, ProtectedResource, Complaint['rule']]>([
    [
      'its methods',
      { id: 'orders-api', clientSecrets: ['s'], jwks: { keys: [key.jwk] }, methods: ['client_secret_post'] },
      'methods',
    ],
    ['its missing keys', { id: 'orders-api', clientSecrets: ['s'] }, 'registration'],
    ['its published keys', { id: 'orders-api', jwksUri: 'https://orders.example.com/jwks' }, 'signature'],
  ])('about a caller and %s: names the rule', async (_, protectedResource, rule) => {
    const complaint = await complaintAbout(await sign(other), {
      protectedResources: [protectedResource],
      fetchJwks: publishKey,
    })
    expect(complaint.rule).toBe(rule)
    expect(`${complaint.got} ${complaint.expected}`).toContain('"orders-api"')
  })

  test('about a jti that was used before: does not repeat the jti', async () => {
    const { handler, events } = await endpoint()
    const jwt = await sign(key, { jti: 'secret-jti' })
    for (let use = 0; use < 2; use++) await ask(handler, asserting(jwt))
    const { message } = (events.at(-1) as RefusedEvent).error
    expect(message).toContain('jti: got a jti that "orders-api" used before')
    expect(message).not.toContain('secret-jti')
  })

  test('is one short line of printable ASCII, whatever the caller sent', async () => {
    const aud = `\n\u001b[2J\u2028${'\u202e'.repeat(500)}`
    const { got } = await complaintAbout(await sign(key, { aud }))
    expect(got).toMatch(/^[\x20-\x7e]{1,240}$/)
    expect(got).toContain('\\n\\u001b[2J\\u2028\\u202e')
  })
})

describe('RFC 7521 §4.2.1', () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['Basic', {}, { authorization: 'Basic b3JkZXJzLWFwaTp4' }],
    ['Bearer', {}, { authorization: 'Bearer abc' }],
    ['a secret', { client_id: 'orders-api', client_secret: 'x' }, {}],
  ])(
    'refuses a good assertion beside %s as a failed client authentication (ERR-09)',
    async (_, parameters, headers) => {
      const { handler } = await endpoint()
      const response = await ask(handler, asserting(await sign(key), parameters), { headers })
      expect([response.status, json(response)['error']]).toEqual(refused)
    },
  )
})

describe('RFC 8725', () => {
  test('ignores keys in the header (ASRT-19)', async () => {
    const fetched: string[] = []
    const fetchJwks = (uri: string) => {
      fetched.push(uri)
      return Promise.resolve(Response.json({ keys: [other.jwk] }))
    }
    const headers = [
      { jwk: other.jwk },
      { jku: 'https://evil.example.com/jwks' },
      { x5u: 'https://evil.example.com/x5u' },
      { jwk: other.jwk, kid: 'key-1' },
    ]
    for (const header of headers) {
      expect(await answerTo(asserting(await sign(other, {}, header)), { fetchJwks })).toEqual(refused)
    }
    expect(fetched).toEqual([])
  })

  test('accepts a correct assertion that the test signs by hand', async () => {
    expect(await answerTo(asserting(await signText(encode({ alg: 'ES256' }), encode(claims()))))).toEqual(taken)
  })

  test.each([[['b64']], [['exp']], [[]]])('refuses crit %j (JOSE-02)', async (crit) => {
    const header = encode({ alg: 'ES256', crit, b64: true, exp: 1 })
    expect(await answerTo(asserting(await signText(header, encode(claims()))))).toEqual(refused)
  })

  test.each<[string, string]>([
    ['a claim', `{"iss":"invoices-api",${JSON.stringify(claims()).slice(1)}`],
    ['a claim, with the same value both times', `{"iss":"orders-api",${JSON.stringify(claims()).slice(1)}`],
  ])('refuses %s that occurs twice (JOSE-03)', async (_, payload) => {
    expect(await answerTo(asserting(await signText(encode({ alg: 'ES256' }), encodeText(payload))))).toEqual(refused)
  })

  test('refuses a header parameter that occurs twice (JOSE-03)', async () => {
    const header = encodeText('{"alg":"none","alg":"ES256"}')
    expect(await answerTo(asserting(await signText(header, encode(claims()))))).toEqual(refused)
  })

  test.each<[string, () => Promise<string>]>([
    ['padding', () => signText(`${encode({ alg: 'ES256', x: 100 })}=`, encode(claims()))],
    ['white space inside', () => signText(`${encode({ alg: 'ES256' })} `, encode(claims()))],
    ['white space at the end', async () => `${await sign(key)}\n`],
    [
      'the alphabet of base64 instead of base64url',
      () => signText(encode({ alg: 'ES256' }), toBase64(claims({ jti: '~~~???>>>' }))),
    ],
    [
      'octets that are not UTF-8',
      () => signText(encode({ alg: 'ES256' }), encodeText(withoutUtf8(claims()), 'latin1')),
    ],
    ['the JSON serialization', async () => toJsonSerialization(await sign(key))],
  ])('refuses %s (JOSE-04)', async (_, write) => {
    expect(await answerTo(asserting(await write()))).toEqual(refused)
  })

  test('refuses an encrypted JWT without decrypting it, compressed or not (JOSE-05)', async () => {
    const header = encode({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', zip: 'DEF', p2c: 2 ** 31, p2s: 'AAAA' })
    expect(await answerTo(asserting(`${header}.AA.AA.AA.AA`))).toEqual(refused)
  })

  test('accepts only FAPI algorithms with the profile fapi2 (FAPI-04)', async () => {
    const fapi = { assertion: { fapi2: true } }
    expect(await answerTo(asserting(await sign(key)), fapi)).toEqual(taken)
    expect(await answerTo(asserting(await sign(rsa)), fapi)).toEqual(refused)
    await expect(endpoint({ assertion: { fapi2: true, algorithms: ['RS256'] } })).rejects.toThrow(TypeError)
  })
})

function encode(value: object): string {
  return encodeText(JSON.stringify(value))
}

function encodeText(text: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  return Buffer.from(text, encoding).toString('base64url')
}

/** Base64 of a value whose characters differ between base64 and base64url. */
function toBase64(value: object): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('=', '')
  expect(text).toMatch(/[+/]/)
  return text
}

/** JSON with a claim that is one octet which begins no UTF-8 character. */
function withoutUtf8(value: object): string {
  return `{"x":"\u00ff",${JSON.stringify(value).slice(1)}`
}

function toJsonSerialization(jwt: string): string {
  const [header, payload, signature] = jwt.split('.')
  return JSON.stringify({ protected: header, payload, signature })
}

/** A JWS over any two texts, with a correct signature. */
async function signText(header: string, payload: string): Promise<string> {
  const input = new TextEncoder().encode(`${header}.${payload}`)
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, input)
  return `${header}.${payload}.${Buffer.from(signature).toString('base64url')}`
}
