import { exportJWK } from 'jose'
import type { DecryptionKey, JwtResponseOptions, KeyManagementAlgorithm } from '@token-introspection/client'
import { expect, test } from 'vitest'
import {
  createClient,
  createKey,
  createRecipient,
  createServer,
  encrypt,
  GOOD,
  jwtResponse,
  sign,
} from '../signing-authorization-server.ts'

const key = await createKey()
const recipient = await createRecipient('ECDH-ES')
const signed = await sign(key)
const decryptionKeys = [keyOf(recipient)]

function keyOf(pair: Awaited<ReturnType<typeof createRecipient>>): DecryptionKey {
  return { alg: pair.alg as KeyManagementAlgorithm, key: pair.privateKey }
}

async function outcomeOf(jwt: string, options: JwtResponseOptions = { decryptionKeys }): Promise<unknown> {
  const as = createServer([key.published], jwt)
  as.answer = () => jwtResponse(jwt)
  return createClient(as, options)
    .introspect('abc')
    .catch((error: { code: string }) => error.code)
}

const UNTRUSTED = 'ERR_RESPONSE_UNTRUSTED'
const MALFORMED = 'ERR_RESPONSE_MALFORMED'

test.each(['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'])(
  'JWT-24 reads the signed answer inside one encrypted with %s',
  async (alg) => {
    const pair = await createRecipient(alg)
    for (const enc of ['A128CBC-HS256', 'A256GCM']) {
      const jwe = await encrypt(pair, signed, { enc })
      expect(await outcomeOf(jwe, { decryptionKeys: [keyOf(pair)] })).toEqual(GOOD.token_introspection)
    }
  },
)

test('JWT-24 chooses the key by its kid, and tries the keys without a kid', async () => {
  const other = await createRecipient('ECDH-ES')
  const jwe = await encrypt(recipient, signed, { kid: 'mine' })
  const named = { ...keyOf(recipient), kid: 'mine' }
  expect(await outcomeOf(jwe, { decryptionKeys: [keyOf(other), named] })).toMatchObject({ active: true })
  expect(await outcomeOf(jwe, { decryptionKeys: [{ ...named, kid: 'theirs' }] })).toBe(UNTRUSTED)
})

test('JWT-24 accepts a private JWK as a key', async () => {
  const { alg, privateKey } = recipient
  const jwk = await exportJWK(privateKey)
  const jwe = await encrypt(recipient, signed)
  expect(await outcomeOf(jwe, { decryptionKeys: [{ alg: alg as 'ECDH-ES', key: jwk }] })).toMatchObject({
    active: true,
  })
})

test('JWT-24 refuses claims that are encrypted but not signed', async () => {
  for (const typ of [undefined, 'token-introspection+jwt']) {
    expect(await outcomeOf(await encrypt(recipient, JSON.stringify(GOOD), { typ }))).toBe(UNTRUSTED)
  }
})

test('JWT-24 refuses a JWE without cty JWT', async () => {
  for (const cty of [undefined, 'JSON', 'application/json', 5]) {
    expect(await outcomeOf(await encrypt(recipient, signed, { cty }))).toBe(UNTRUSTED)
  }
  expect(await outcomeOf(await encrypt(recipient, signed, { cty: 'application/jwt' }))).toMatchObject({ active: true })
})

test('JWT-25 checks typ, key and algorithm of the inner JWT, whatever the outer one says', async () => {
  const outside = { typ: 'token-introspection+jwt' }
  for (const typ of ['at+jwt', 'JWT', undefined]) {
    expect(await outcomeOf(await encrypt(recipient, await sign(key, GOOD, { typ }), outside))).toBe(UNTRUSTED)
  }
  expect(await outcomeOf(await encrypt(recipient, await sign(await createKey()), outside))).toBe(UNTRUSTED)
  const none = Buffer.from('{"alg":"none","typ":"token-introspection+jwt"}').toString('base64url')
  const unsigned = `${none}.${signed.split('.')[1]}.`
  expect(await outcomeOf(await encrypt(recipient, unsigned, outside))).toBe(UNTRUSTED)
})

test('JWT-25 decrypts one layer, not more', async () => {
  const twice = await encrypt(recipient, await encrypt(recipient, signed))
  expect(await outcomeOf(twice)).toBe(UNTRUSTED)
})

test('refuses an answer encrypted to another key, and every encrypted answer when it has no key', async () => {
  expect(await outcomeOf(await encrypt(await createRecipient('ECDH-ES'), signed))).toBe(UNTRUSTED)
  expect(await outcomeOf(await encrypt(recipient, signed), {})).toBe(UNTRUSTED)
})

test('accepts a signed answer without encryption, so that keys can be configured in advance', async () => {
  expect(await outcomeOf(signed)).toMatchObject({ active: true })
})

test('refuses an answer that was changed on the way', async () => {
  const parts = (await encrypt(recipient, signed)).split('.')
  const ciphertext = parts[3] as string
  parts[3] = (ciphertext.startsWith('A') ? 'B' : 'A') + ciphertext.slice(1)
  expect(await outcomeOf(parts.join('.'))).toBe(UNTRUSTED)
})

test('JOSE-02 JOSE-03 refuses a critical extension and a duplicate parameter in the outer header', async () => {
  const parts = (await encrypt(recipient, signed)).split('.')
  const header = (text: string) => [Buffer.from(text).toString('base64url'), ...parts.slice(1)].join('.')
  expect(await outcomeOf(header('{"alg":"ECDH-ES","enc":"A256GCM","cty":"JWT","crit":["x"],"x":1}'))).toBe(UNTRUSTED)
  expect(await outcomeOf(header('{"alg":"dir","alg":"ECDH-ES","enc":"A256GCM","cty":"JWT"}'))).toBe(MALFORMED)
})

test('JOSE-05 decompresses nothing, and derives no key from a password or a shared secret', async () => {
  const parts = (await encrypt(recipient, signed)).split('.')
  for (const header of [
    { alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT', zip: 'DEF' },
    { alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', cty: 'JWT', p2s: 'AAAAAAAAAAAAAAAA', p2c: 2 ** 31 },
    { alg: 'dir', enc: 'A256GCM', cty: 'JWT' },
    { alg: 'A128KW', enc: 'A256GCM', cty: 'JWT' },
    { alg: 'RSA1_5', enc: 'A256GCM', cty: 'JWT' },
  ]) {
    const encoded = Buffer.from(JSON.stringify(header)).toString('base64url')
    expect(await outcomeOf([encoded, ...parts.slice(1)].join('.'))).toBe(UNTRUSTED)
  }
})
