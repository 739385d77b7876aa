import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'
import { decodeJwt, decodeProtectedHeader, exportJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { IntrospectionClient } from '../../introspection-client.ts'
import { zitadel } from '../../providers/zitadel.ts'
import { zitadelKeyFile } from './zitadel-key-file.ts'

const issuer = 'https://acme.zitadel.cloud'
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const file = { type: 'application', keyId: '2711', key: pem(privateKey), appId: '42', clientId: '4711@orders' }

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs1', format: 'pem' }) as string
}

/** A server that has the public key and accepts only assertions. */
async function start() {
  const store = createMemoryTokenStore()
  await store.save('the-token', { kind: 'access_token', aud: 'orders', sub: 'alice' })
  const handler = createIntrospectionHandler({
    issuer,
    clientAuthentication: {
      methods: ['private_key_jwt'],
      protectedResources: [
        {
          id: file.clientId,
          jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: file.keyId }] },
          audiences: ['orders'],
        },
      ],
    },
    lookup: { store },
  })
  const assertions: string[] = []
  const fetch = (url: string, init: RequestInit): Promise<Response> | Response => {
    if (url.includes('/.well-known/'))
      return Response.json({ issuer, introspection_endpoint: `${issuer}/oauth/v2/introspect` })
    assertions.push(new URLSearchParams(init.body as string).get('client_assertion') as string)
    return handler(new Request(url, init))
  }
  return { assertions, fetch: async (url: string, init: RequestInit) => fetch(url, init) }
}

describe('zitadelKeyFile', () => {
  test.each([
    ['the text of the file', JSON.stringify(file, null, 2)],
    ['the parsed file', file],
  ])('authenticates with %s: iss and sub are the client, aud is the issuer (ASRT-02)', async (_, given) => {
    const { fetch, assertions } = await start()
    await using client = new IntrospectionClient({
      provider: zitadel({ domain: 'acme.zitadel.cloud' }),
      clientAuthentication: zitadelKeyFile(given),
      transport: { fetch },
    })
    expect(await client.introspect('the-token')).toMatchObject({ active: true, sub: 'alice' })
    const [assertion = ''] = assertions
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'RS256', kid: '2711' })
    expect(decodeJwt(assertion)).toMatchObject({ iss: file.clientId, sub: file.clientId, aud: issuer })
  })

  test('is refused with the key of another client', async () => {
    const other = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
    const { fetch } = await start()
    await using client = new IntrospectionClient({
      provider: zitadel({ domain: 'acme.zitadel.cloud' }),
      clientAuthentication: zitadelKeyFile({ ...file, key: other }),
      transport: { fetch },
    })
    await expect(client.introspect('the-token')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED' })
  })

  test.each([
    ['file', 'text that is not JSON', '{"type":"application","key":"s3cr3t'],
    ['file', 'JSON that is not an object', '"s3cr3t"'],
    ['file', 'null', 'null'],
    ['file.type', 'the key of a service account', { ...file, type: 'serviceaccount', userId: '9', key: 's3cr3t' }],
    ['file.type', 'no type', { ...file, type: undefined }],
    ['file.keyId', 'no keyId', { ...file, keyId: '' }],
    ['file.key', 'no key', { ...file, key: undefined }],
    ['file.key', 'a key of another form', { ...file, key: 's3cr3t' }],
    ['file.clientId', 'no clientId', { ...file, clientId: undefined }],
  ])('names %s for %s, and quotes nothing', (path, _, given) => {
    const read = () => zitadelKeyFile(given as string)
    expect(read).toThrow(TypeError)
    expect(read).toThrow(`${path}: `)
    expect(read).not.toThrow('s3cr3t')
  })
})
