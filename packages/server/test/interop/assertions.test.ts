/** The endpoint with client assertions of other libraries. */
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { createIntrospectionHandler, createMemoryTokenStore } from '../../src/index.ts'
import { createKey } from '../asking.ts'
import { listen, portOf } from '../path/forms.ts'

const ISSUER = 'https://as.example.com'
const SECRET = 'a secret of at least thirty-two octets'
const keys = {
  ES256: await createKey('ES256'),
  RS256: await createKey('RS256'),
  PS256: await createKey('PS256'),
  Ed25519: await createKey('Ed25519'),
}

async function start() {
  const store = createMemoryTokenStore()
  await store.save('active', { kind: 'access_token', aud: 'urn:orders', exp: Math.floor(Date.now() / 1000) + 60 })
  const jwks = { keys: Object.values(keys).map(({ jwk, algorithm }) => ({ ...jwk, kid: algorithm })) }
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      methods: ['private_key_jwt', 'client_secret_jwt'],
      protectedResources: [
        { id: 'keys', jwks, audiences: ['urn:orders'] },
        { id: 'secret', clientSecrets: [SECRET], audiences: ['urn:orders'] },
      ],
    },
    lookup: { store },
  })
  return `http://127.0.0.1:${portOf(await listen(toNodeHandler(handler)))}/introspect`
}

type Algorithm = keyof typeof keys
const ALGORITHMS = Object.keys(keys) as Algorithm[]

async function askByOauth4webapi(clientId: string, authentication: oauth.ClientAuth) {
  const as = { issuer: ISSUER, introspection_endpoint: await start() }
  const asked = await oauth.introspectionRequest(as, { client_id: clientId }, authentication, 'active', {
    [oauth.allowInsecureRequests]: true,
  })
  return await oauth.processIntrospectionResponse(as, { client_id: clientId }, asked)
}

describe('oauth4webapi', () => {
  test.each(ALGORITHMS)('authenticates by PrivateKeyJwt with %s', async (algorithm) => {
    const { privateKey } = keys[algorithm]
    expect((await askByOauth4webapi('keys', oauth.PrivateKeyJwt({ key: privateKey, kid: algorithm }))).active).toBe(
      true,
    )
    expect((await askByOauth4webapi('keys', oauth.PrivateKeyJwt(privateKey))).active).toBe(true)
  })

  test('authenticates by ClientSecretJwt, and not with another secret', async () => {
    expect((await askByOauth4webapi('secret', oauth.ClientSecretJwt(SECRET))).active).toBe(true)
    await expect(askByOauth4webapi('secret', oauth.ClientSecretJwt(`${SECRET}.`))).rejects.toMatchObject({
      status: 401,
    })
  })

  test('does not authenticate with the key of another caller', async () => {
    const { privateKey } = await createKey('ES256')
    await expect(askByOauth4webapi('keys', oauth.PrivateKeyJwt(privateKey))).rejects.toMatchObject({ status: 401 })
  })
})

async function askByOpenidClient(clientId: string, authentication: client.ClientAuth) {
  const server = { issuer: ISSUER, introspection_endpoint: await start() }
  const configuration = new client.Configuration(server, clientId, undefined, authentication)
  client.allowInsecureRequests(configuration)
  return await client.tokenIntrospection(configuration, 'active')
}

describe('openid-client', () => {
  test.each(ALGORITHMS)('authenticates by PrivateKeyJwt with %s', async (algorithm) => {
    const { privateKey } = keys[algorithm]
    expect((await askByOpenidClient('keys', client.PrivateKeyJwt({ key: privateKey, kid: algorithm }))).active).toBe(
      true,
    )
  })

  test('authenticates by ClientSecretJwt', async () => {
    expect((await askByOpenidClient('secret', client.ClientSecretJwt(SECRET))).active).toBe(true)
  })
})
