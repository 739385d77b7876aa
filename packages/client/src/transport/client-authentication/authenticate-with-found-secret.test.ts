import { generateKeyPairSync } from 'node:crypto'
import { compactVerify } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import type { ClientAuthentication } from './client-authentication.ts'
import { clientSecretBasic } from './client-secret-basic.ts'
import { clientSecretJwt } from './client-secret-jwt.ts'
import { clientSecretPost } from './client-secret-post.ts'
import type { PrivateKey } from './key-signer.ts'
import { privateKeyJwt } from './private-key-jwt.ts'

const audience = 'https://as.example.com'

/** Whether a request was made with a credential. */
type MadeWith<Credential> = (
  sent: { readonly headers: Record<string, string>; readonly parameters: Record<string, string> },
  credential: Credential,
) => boolean | Promise<boolean>

async function send(authentication: ClientAuthentication) {
  const sent = { headers: {} as Record<string, string>, parameters: {} as Record<string, string> }
  await authentication.authenticate({ endpoint: `${audience}/introspect`, issuer: audience, ...sent })
  return sent
}

const verifiedBy = (jwt: string | undefined, key: Parameters<typeof compactVerify>[1]): Promise<boolean> =>
  compactVerify(jwt ?? '', key).then(
    () => true,
    () => false,
  )

const methods: [string, (secret: () => string | Promise<string>) => ClientAuthentication, MadeWith<string>][] = [
  [
    'clientSecretBasic',
    (secret) => clientSecretBasic('api', secret),
    ({ headers }, secret) => headers['authorization'] === `Basic ${btoa(`api:${secret}`)}`,
  ],
  [
    'clientSecretPost',
    (secret) => clientSecretPost('api', secret),
    ({ parameters }, secret) => parameters['client_secret'] === secret,
  ],
  [
    'clientSecretJwt',
    (secret) => clientSecretJwt('api', secret, { audience }),
    ({ parameters }, secret) => verifiedBy(parameters['client_assertion'], new TextEncoder().encode(secret)),
  ],
]

describe.each(methods)('%s with a function', (_, authenticateWith, isMadeWith) => {
  test('finds the secret with each request, not before', async () => {
    const [first, second] = ['a'.repeat(32), 'b'.repeat(32)]
    const findSecret = vi.fn().mockReturnValueOnce(first).mockResolvedValueOnce(second)
    const authentication = authenticateWith(findSecret as () => string)
    expect(findSecret).not.toHaveBeenCalled()
    expect(await isMadeWith(await send(authentication), first)).toBe(true)
    const sent = await send(authentication)
    expect(await isMadeWith(sent, second)).toBe(true)
    expect(await isMadeWith(sent, first)).toBe(false)
  })

  test.each(['', 'a\n', undefined, 5, () => 'a'.repeat(32)])('refuses %o as a secret', async (found) => {
    const authentication = authenticateWith(() => found as string)
    await expect((async () => send(authentication))()).rejects.toMatchObject({
      code: 'ERR_SECRET_UNAVAILABLE',
      message: expect.stringMatching(/^clientSecret: .*client "api"/) as unknown,
    })
  })
})

test.each([clientSecretBasic, clientSecretPost, clientSecretJwt])('%o checks the identifier at once', (create) => {
  expect(() => create('', () => 'x')).toThrow(/^clientId: /)
})

test('clientSecretJwt refuses a found secret that is too short', async () => {
  const authentication = clientSecretJwt('api', () => 'short', { audience })
  await expect(send(authentication)).rejects.toThrow(/^clientSecret: needs at least 32 octets/)
})

test('the advice is about the secret that was found', async () => {
  const authentication = clientSecretBasic('api', () => 's3: %')
  expect(authentication.advice).toBeUndefined()
  await send(authentication)
  expect(authentication.advice).toContain("encoding: 'raw'")
})

describe('privateKeyJwt with a function', () => {
  const pairs = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const [first, second] = pairs as [(typeof pairs)[0], (typeof pairs)[0]]

  test('finds the key and its identifier with each request, not before', async () => {
    const keys: PrivateKey[] = [
      first.privateKey,
      { ...second.privateKey.export({ format: 'jwk' }), kid: 'two' },
      first.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ]
    const findKey = vi.fn(() => Promise.resolve(keys.shift() as PrivateKey))
    const authentication = privateKeyJwt('api', findKey, { algorithm: 'ES256', audience })
    expect(findKey).not.toHaveBeenCalled()
    for (const [{ publicKey }, kid] of [
      [first, undefined],
      [second, 'two'],
      [first, undefined],
    ] as const) {
      const assertion = (await send(authentication)).parameters['client_assertion'] ?? ''
      expect(await verifiedBy(assertion, publicKey)).toBe(true)
      expect(JSON.parse(atob(assertion.split('.')[0] ?? ''))).toEqual({
        alg: 'ES256',
        typ: 'client-authentication+jwt',
        ...(kid !== undefined && { kid }),
      })
    }
  })

  test.each([undefined, 'pem', first.publicKey, () => first.privateKey])('refuses %o as a key', async (found) => {
    const authentication = privateKeyJwt('api', () => found as PrivateKey, { algorithm: 'ES256', audience })
    await expect(send(authentication)).rejects.toMatchObject({
      code: 'ERR_SECRET_UNAVAILABLE',
      message: expect.stringMatching(/^key: /) as unknown,
    })
  })
})
