import { decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ProtectedResource } from '../../src/index.ts'
import { createEndpoint, PROTECTED_RESOURCES, send } from '../endpoint.ts'
import {
  askForJwt,
  createRecipient,
  createSigningEndpoint,
  decryptAnswer,
  JWT_TYPE,
  signing,
  verifyAnswer,
} from '../signed-answers.ts'

const recipient = await createRecipient('ECDH-ES')
const jwks = { keys: [recipient.jwk] }

describe('RFC 9701 §6', () => {
  test('a protected resource that registers no algorithm gets RS256 (JWT-26)', async () => {
    const { handler } = await createSigningEndpoint()
    expect((await verifyAnswer(await send(handler, askForJwt()))).header.alg).toBe('RS256')
  })

  test.each(['RS256', 'ES256', 'Ed25519'] as const)(
    'a protected resource that registers %s gets it (JWT-26)',
    async (alg) => {
      const { handler } = await createSigningEndpoint({ introspectionSignedResponseAlg: alg })
      expect((await verifyAnswer(await send(handler, askForJwt()))).header.alg).toBe(alg)
    },
  )

  test('a protected resource that registers an algorithm without a key never gets another one (JWT-26)', async () => {
    await expect(createSigningEndpoint({ introspectionSignedResponseAlg: 'PS512' })).rejects.toThrow(
      'clientAuthentication.protectedResources[0].introspectionSignedResponseAlg: ',
    )
    const found = { ...(PROTECTED_RESOURCES[0] as ProtectedResource), introspectionSignedResponseAlg: 'PS512' } as const
    const { handler, events } = await createEndpoint({
      ...signing(),
      clientAuthentication: { findProtectedResource: () => found },
    })
    expect((await send(handler, askForJwt())).status).toBe(500)
    expect(events).toMatchObject([{ type: 'refused', error: { code: 'ERR_CLIENT_AUTHENTICATION_REGISTRATION' } }])
  })

  test('the content encryption is A128CBC-HS256 unless another is registered (JWT-27)', async () => {
    const encrypted = { introspectionEncryptedResponseAlg: 'ECDH-ES', jwks } as const
    const usual = await createSigningEndpoint(encrypted)
    expect(decodeProtectedHeader((await send(usual.handler, askForJwt())).body).enc).toBe('A128CBC-HS256')
    const stated = await createSigningEndpoint({ ...encrypted, introspectionEncryptedResponseEnc: 'A256GCM' })
    const response = await send(stated.handler, askForJwt())
    const { header, signed } = await decryptAnswer(response, recipient.privateKey)
    expect(header).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM' })
    await verifyAnswer(signed)
  })

  test('a content encryption cannot be registered without an algorithm (JWT-27)', async () => {
    await expect(createSigningEndpoint({ introspectionEncryptedResponseEnc: 'A256GCM', jwks })).rejects.toThrow(
      'clientAuthentication.protectedResources[0].introspectionEncryptedResponseEnc: ',
    )
  })

  test('a registered algorithm makes no JWT for a caller that accepts JSON, unless requireJwtResponse is set', async () => {
    const registered = { introspectionSignedResponseAlg: 'ES256' } as const
    const free = await createSigningEndpoint(registered)
    const bound = await createSigningEndpoint({ ...registered, requireJwtResponse: true })
    const typeOf = async (handler: typeof free.handler, accept: string | undefined) =>
      (await send(handler, askForJwt('active', { accept }))).headers['content-type']
    expect(await typeOf(free.handler, undefined)).toBe('application/json')
    expect(await typeOf(bound.handler, undefined)).toBe(JWT_TYPE)
    for (const name of ['active', 'revoked'] as const) {
      expect((await send(bound.handler, askForJwt(name, { accept: 'application/json' }))).status).toBe(406)
    }
  })
})
