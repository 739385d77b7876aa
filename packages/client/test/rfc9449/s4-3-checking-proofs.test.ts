/** RFC 9449 §4.3: the checks of a proof, each with wrong proofs. */
import { createHmac } from 'node:crypto'
import { CompactEncrypt, CompactSign, exportJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import {
  type AskedRequest,
  createApi,
  createProver,
  digestOf,
  NOW,
  ORIGIN,
  outcomeOf,
  PATH,
  refusalOf,
  TOKEN,
} from '../dpop-api.ts'

const prover = await createProver()
const thief = await createProver()
const bound = { members: { cnf: { jkt: prover.jkt }, token_type: 'DPoP' } }

/** A JWT put together without a library. */
function join(header: object | string, payload: object, signature = 'AAAA'): string {
  return `${encode(header)}.${encode(payload)}.${signature}`
}

function encode(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

function claims() {
  return { htm: 'GET', htu: `${ORIGIN}${PATH}`, ath: digestOf(TOKEN), iat: NOW, jti: 'a' }
}

async function outcome(proofs: string | readonly string[], request?: AskedRequest): Promise<string> {
  return outcomeOf(await createApi(bound).ask(proofs, request))
}

describe('a proof', () => {
  test('lets its request pass, and adds no header', async () => {
    const decision = await createApi(bound).ask(await prover.prove())
    expect(decision).toMatchObject({ allowed: true, token: { cnf: { jkt: prover.jkt } }, headers: {} })
  })

  test.each(['RS256', 'RS512', 'PS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
    'may be signed with %s',
    async (algorithm) => {
      const signer = await createProver(algorithm)
      const api = createApi({ members: { cnf: { jkt: signer.jkt } } })
      expect(outcomeOf(await api.ask(await signer.prove()))).toBe('allowed')
    },
  )

  test('is refused with 401, invalid_dpop_proof and the accepted algorithms (DPOP-23)', async () => {
    const api = createApi({ ...bound, dpop: { algorithms: ['ES256', 'EdDSA'] } })
    const refusal = refusalOf(await api.ask('x'))
    expect(refusal.status).toBe(401)
    expect(refusal.headers['www-authenticate']).toBe(
      'Bearer realm="protected resource", DPoP realm="protected resource", error="invalid_dpop_proof", algs="ES256 EdDSA"',
    )
    expect(JSON.parse(refusal.body)).toEqual({ error: 'invalid_dpop_proof' })
  })
})

describe('is refused', () => {
  test('a second proof, good or bad, in a second field or after a comma (DPOP-01)', async () => {
    expect(await outcome([await prover.prove(), await prover.prove()])).toBe('proof')
    expect(await outcome([await prover.prove(), 'x'])).toBe('proof')
    expect(await outcome(['', await prover.prove()])).toBe('proof')
    expect(await outcome(`${await prover.prove()},${await prover.prove()}`)).toBe('proof')
    expect(await outcome(`${await prover.prove()} ${await prover.prove()}`)).toBe('proof')
  })

  test('a request without a proof (DPOP-22)', async () => {
    expect(await outcome([])).toBe('proof')
    expect(await outcome('')).toBe('proof')
  })

  test('text that is not a compact JWT (DPOP-02)', async () => {
    const proof = await prover.prove()
    const [header, payload, signature] = proof.split('.') as [string, string, string]
    const encrypted = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(claims())))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'dpop+jwt', jwk: prover.jwk })
      .encrypt(new Uint8Array(32))
    const json = JSON.stringify({ protected: header, payload, signature })
    for (const bad of ['a', '..', `${header}.${payload}`, `${proof}.`, `${proof}.x`, encrypted, json, `"${proof}"`]) {
      expect(await outcome(bad)).toBe('proof')
    }
    expect(await outcome(`${header}.${'A'.repeat(8192)}.${signature}`)).toBe('proof')
    // A header that two parsers could read differently.
    const twice = `{"typ":"dpop+jwt","alg":"ES256","jwk":${JSON.stringify(thief.jwk)},"jwk":${JSON.stringify(prover.jwk)}}`
    expect(await outcome(join(twice, claims()))).toBe('proof')
  })

  test.each([
    ['jti', undefined],
    ['jti', ''],
    ['jti', 7],
    ['jti', 'x'.repeat(513)],
    ['htm', undefined],
    ['htm', 7],
    ['htu', undefined],
    ['htu', 7],
    ['htu', ''],
    ['iat', undefined],
    ['ath', undefined],
    ['ath', 7],
    ['nonce', 7],
  ])('the claim %s as %j (DPOP-03)', async (name, value) => {
    expect(await outcome(await prover.prove({ [name]: value }))).toBe('proof')
  })

  test('a date that is text (DPOP-03)', async () => {
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: prover.jwk }
    const proof = await new CompactSign(new TextEncoder().encode(JSON.stringify({ ...claims(), iat: `${NOW}` })))
      .setProtectedHeader(header)
      .sign(prover.privateKey)
    expect(await outcome(proof)).toBe('proof')
  })

  test.each(['JWT', 'at+jwt', 'dpop', 'dpop+jwt2', '', undefined])('the type %j (DPOP-04)', async (typ) => {
    expect(await outcome(await prover.prove({}, { typ }))).toBe('proof')
  })

  test('no signature, a shared secret, or an algorithm that is not accepted (DPOP-05)', async () => {
    const header = { typ: 'dpop+jwt', jwk: prover.jwk }
    for (const alg of ['none', 'None', 'HS256', 'ES256K', 'A128KW', undefined]) {
      expect(await outcome(join({ ...header, alg }, claims()))).toBe('proof')
    }
    const oct = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') }
    const unsigned = join({ alg: 'HS256', typ: 'dpop+jwt', jwk: oct }, claims()).split('.').slice(0, 2).join('.')
    const mac = createHmac('sha256', Buffer.alloc(32, 1)).update(unsigned).digest('base64url')
    expect(await outcome(`${unsigned}.${mac}`)).toBe('proof')
    const narrow = createApi({ ...bound, dpop: { algorithms: ['PS256'] } })
    expect(outcomeOf(await narrow.ask(await prover.prove()))).toBe('proof')
  })

  test("a signature by another key than the proof's, or over other claims (DPOP-06)", async () => {
    expect(await outcome(await prover.prove({}, {}, thief))).toBe('proof')
    const [header, , signature] = (await prover.prove()).split('.') as [string, string, string]
    const claimed = Buffer.from(JSON.stringify({ ...claims(), jti: 'another' })).toString('base64url')
    expect(await outcome(`${header}.${claimed}.${signature}`)).toBe('proof')
    expect(await outcome(join({ alg: 'ES256', typ: 'dpop+jwt', jwk: prover.jwk }, claims(), ''))).toBe('proof')
  })

  test('a private key in the header, or no key (DPOP-07)', async () => {
    expect(await outcome(await prover.prove({}, { jwk: await exportJWK(prover.privateKey) }))).toBe('proof')
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']) {
      expect(await outcome(await prover.prove({}, { jwk: { ...prover.jwk, [member]: '' } }))).toBe('proof')
    }
    for (const jwk of [undefined, null, 'jwk', [prover.jwk], {}]) {
      expect(await outcome(await prover.prove({}, { jwk }))).toBe('proof')
    }
    const elsewhere = { jwk: undefined, jku: 'https://evil.example/keys', kid: '1', x5c: ['MA=='] }
    expect(await outcome(await prover.prove({}, elsewhere))).toBe('proof')
  })

  test.each([
    ['POST', 'GET', {}],
    ['GET', 'get', {}],
    ['get', 'GET', {}],
    ['POST', 'DELETE', { 'x-http-method-override': 'DELETE' }],
    ['HEAD', 'GET', {}],
  ])('a request by %s with a proof for %s and the fields %j (DPOP-08)', async (method, htm, headers) => {
    expect(await outcome(await prover.prove({ htm }), { method, headers })).toBe('proof')
    expect(await outcome(await prover.prove({ htm: method }), { method, headers })).toBe('allowed')
  })

  test.each([
    ['another path', `${ORIGIN}/orders/7`],
    ['the parent path', `${ORIGIN}/`],
    ['another case', `${ORIGIN}/Orders`],
    ['a trailing slash', `${ORIGIN}/orders/`],
    ['another host', 'https://evil.example/orders'],
    ['another port', 'https://api.example.com:8443/orders'],
    ['another scheme', 'http://api.example.com/orders'],
    ['a path without an origin', '/orders'],
    ['a user', 'https://user@api.example.com/orders'],
    ['the path in the query', `${ORIGIN}/?/orders`],
  ])('a proof for %s (DPOP-09)', async (_, htu) => {
    expect(await outcome(await prover.prove({ htu }))).toBe('proof')
  })

  test('another token than the proof is for (DPOP-12)', async () => {
    expect(await outcome(await prover.prove({ ath: digestOf('another') }))).toBe('proof')
    expect(await outcome(await prover.prove({ ath: TOKEN }))).toBe('proof')
    expect(await outcome(await prover.prove({ ath: `${digestOf(TOKEN)}=` }))).toBe('proof')
    expect(await outcome(await prover.prove({ ath: '' }))).toBe('proof')
  })

  test('a stolen token with the proof of the thief (DPOP-13)', async () => {
    expect(await outcome(await thief.prove())).toBe('proof')
  })

  test.each([
    ['a day old', NOW - 86_400],
    ['a second too old', NOW - 61],
    ['a little too far ahead', NOW + 6],
    ['a day ahead', NOW + 86_400],
    ['in milliseconds', NOW * 1000],
    ['before its time', -1],
  ])('a proof that is %s (DPOP-14)', async (_, iat) => {
    expect(await outcome(await prover.prove({ iat }))).toBe('proof')
  })
})

describe('is accepted', () => {
  test.each([NOW - 60, NOW - 0.5, NOW + 5])('a proof from %d (DPOP-14)', async (iat) => {
    expect(await outcome(await prover.prove({ iat }))).toBe('allowed')
  })

  test('a proof up to the configured age (DPOP-14)', async () => {
    const api = createApi({ ...bound, dpop: { maxAgeSeconds: 5, leewaySeconds: 0 } })
    expect(outcomeOf(await api.ask(await prover.prove({ iat: NOW - 6 })))).toBe('proof')
    expect(outcomeOf(await api.ask(await prover.prove({ iat: NOW + 1 })))).toBe('proof')
    expect(outcomeOf(await api.ask(await prover.prove({ iat: NOW - 5 })))).toBe('allowed')
  })

  test('any query in the proof or the request (DPOP-09)', async () => {
    const url = `${ORIGIN}${PATH}?page=2#top`
    expect(await outcome(await prover.prove(), { url })).toBe('allowed')
    expect(await outcome(await prover.prove({ htu: url }))).toBe('allowed')
    expect(await outcome(await prover.prove({ htu: `${ORIGIN}${PATH}?page=3` }), { url })).toBe('allowed')
  })

  test.each([
    ['HTTPS://API.example.com:443/a/%7Eb/../c', '/a/c'],
    ['https://api.example.com/a/c', '/a/%7Eb/../c'],
    ['https://api.example.com/%6frders', '/orders'],
    ['https://api.example.com', '/'],
    ['https://api.example.com/caf%c3%a9', '/caf%C3%A9'],
    ['https://api.example.com//evil.example/', '//evil.example/'],
  ])('the proof for %s with a request for %s (DPOP-10)', async (htu, url) => {
    expect(await outcome(await prover.prove({ htu }), { url })).toBe('allowed')
  })

  test.each([
    ['a path', '/orders', 'allowed'],
    ['a path with a query', '/orders?a=b', 'allowed'],
    ['a whole URL of another host', 'https://10.0.0.7:3000/orders', 'allowed'],
    ['a whole URL with only a host', 'http://10.0.0.7:3000', 'proof'],
    ['a path that looks like a host', '//api.example.com/orders', 'proof'],
    ['an asterisk', '*', 'proof'],
    ['an authority', 'api.example.com:443', 'proof'],
    ['nothing', '', 'proof'],
    ['a broken escape', '/orders%', 'proof'],
    ['a backslash', '\\orders', 'proof'],
  ])('reads from the request only its path: %s (DPOP-11)', async (_, url, expected) => {
    expect(await outcome(await prover.prove(), { url })).toBe(expected)
  })

  test('ignores the host that the request names, in any field (DPOP-11)', async () => {
    const captured = await prover.prove({ htu: 'https://evil.example/orders' })
    const headers = {
      host: 'evil.example',
      forwarded: 'host=evil.example;proto=https',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/',
      'x-original-url': '/orders',
    }
    expect(await outcome(captured, { headers, url: 'https://evil.example/orders' })).toBe('proof')
    expect(await outcome(await prover.prove(), { headers, url: 'http://evil.example/orders' })).toBe('allowed')
  })

  test("a proof for each of the API's origins, and no other (DPOP-11)", async () => {
    const api = createApi({ ...bound, dpop: { origin: [ORIGIN, 'https://api.example.org:8443'] } })
    expect(outcomeOf(await api.ask(await prover.prove()))).toBe('allowed')
    expect(outcomeOf(await api.ask(await prover.prove({ htu: 'https://api.example.org:8443/orders' })))).toBe('allowed')
    expect(outcomeOf(await api.ask(await prover.prove({ htu: 'https://api.example.org/orders' })))).toBe('proof')
  })

  test('a proof for the URL in front of a proxy that changes paths', async () => {
    const base = 'https://www.example.com/api'
    const publicUrl = ({ url = '' }) => base + new URL(url).pathname
    const api = createApi({ ...bound, policy: { dpop: { publicUrl } } })
    expect(outcomeOf(await api.ask(await prover.prove({ htu: 'https://www.example.com/api/orders' })))).toBe('allowed')
    expect(outcomeOf(await api.ask(await prover.prove()))).toBe('proof')
  })
})
