import { describe, expect, test } from 'vitest'
import { send } from '../endpoint.ts'
import { askForJwt, createKey, createSigningEndpoint, SIGNING_KEYS, verifyAnswer } from '../signed-answers.ts'

const profile = 'fapi2'
const rs256 = SIGNING_KEYS.filter(({ alg }) => alg === 'RS256')

describe('FAPI 2.0 Security Profile §5.4.1', () => {
  test.each(['PS256', 'ES256', 'EdDSA', 'Ed25519'] as const)(
    'signs with the only key, %s, for a protected resource that registers no algorithm (FAPI-04)',
    async (alg) => {
      const { signingKey, published } = await createKey(alg)
      const { handler } = await createSigningEndpoint({}, { keys: [signingKey], profile })
      const response = await send(handler, askForJwt())
      expect((await verifyAnswer(response, 'orders-api', [published])).header.alg).toBe(alg)
    },
  )

  test('has no RS256: as a key, as the default, or for a protected resource that registers it (FAPI-04)', async () => {
    const { signingKey } = await createKey('PS256')
    const keys = [signingKey]
    await expect(createSigningEndpoint({}, { keys: rs256, profile })).rejects.toThrow('response.jwt.keys[0].alg: ')
    await expect(createSigningEndpoint({}, { keys, profile, defaultSigningAlg: 'RS256' })).rejects.toThrow(
      'response.jwt.defaultSigningAlg: ',
    )
    await expect(createSigningEndpoint({ introspectionSignedResponseAlg: 'RS256' }, { keys, profile })).rejects.toThrow(
      'introspectionSignedResponseAlg: ',
    )
  })
})
