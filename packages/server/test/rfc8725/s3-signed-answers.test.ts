import { decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { createEndpoint, send } from '../endpoint.ts'
import {
  askForJwt,
  createKey,
  createRecipient,
  createSigningEndpoint,
  SIGNING_KEYS,
  signing,
  verifyAnswer,
} from '../signed-answers.ts'

describe('RFC 8725 §3, signed answers', () => {
  test('Ed25519 is called by its fully specified name, and EdDSA only when configured (JOSE-06)', async () => {
    const edDsa = await createKey('EdDSA')
    const keys = [...SIGNING_KEYS, edDsa.signingKey]
    const specified = await createSigningEndpoint({ introspectionSignedResponseAlg: 'Ed25519' }, { keys })
    expect((await verifyAnswer(await send(specified.handler, askForJwt()))).header.alg).toBe('Ed25519')
    const general = await createSigningEndpoint({ introspectionSignedResponseAlg: 'EdDSA' }, { keys })
    const response = await send(general.handler, askForJwt())
    expect((await verifyAnswer(response, 'orders-api', [edDsa.published])).header.alg).toBe('EdDSA')
  })

  test('an encrypted answer is not compressed (JOSE-05)', async () => {
    const { jwk } = await createRecipient('ECDH-ES')
    const { handler } = await createSigningEndpoint({
      introspectionEncryptedResponseAlg: 'ECDH-ES',
      jwks: { keys: [jwk] },
    })
    expect(decodeProtectedHeader((await send(handler, askForJwt())).body)).not.toHaveProperty('zip')
  })

  test.each(['none', 'HS256', 'HS512'])('createIntrospectionHandler refuses %s', async (alg) => {
    const key = { ...SIGNING_KEYS[0], alg } as (typeof SIGNING_KEYS)[number]
    await expect(createEndpoint(signing({}, { keys: [key] }))).rejects.toThrow('response.jwt.keys[0].alg: ')
  })
})
