/** The endpoints with older clients: openid-client 4 and 5, simple-oauth2, and requests captured from others. */
import { Issuer as Issuer4 } from 'openid-client4'
import { Issuer as Issuer5 } from 'openid-client5'
import { AuthorizationCode } from 'simple-oauth2'
import { exportJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.ts'
import {
  type AssertionOptions,
  createIntrospectionHandler,
  createMemoryTokenStore,
  type ClientAuthenticationOptions,
  type IntrospectionHandlerEvent,
} from '../../src/index.ts'
import { createKey } from '../asking.ts'
import { createEndpoint, json, post, RECORD, send, token } from '../endpoint.ts'
import { listen, portOf } from '../path/forms.ts'
import { CREDENTIALS } from './start-endpoint.ts'
import { revokedOf, startRevocationEndpoint } from './start-revocation-endpoint.ts'

type Assertion = 'private_key_jwt' | 'client_secret_jwt'

const ISSUER = 'https://as.example.com'
const TOKEN_ENDPOINT = `${ISSUER}/token`
const SECRET = 'a secret of at least thirty-two octets'
const key = await createKey('RS256')
const privateJwk = { ...(await exportJWK(key.privateKey)), kid: 'key-1', use: 'sig', alg: 'RS256' }

async function start(assertion: (endpoint: string) => AssertionOptions | undefined, secret = SECRET) {
  const store = createMemoryTokenStore()
  const exp = Math.floor(Date.now() / 1000) + 60
  await store.save('active', { kind: 'access_token', sub: 'alice', aud: 'urn:orders', exp })
  const events: IntrospectionHandlerEvent[] = []
  const server = await listen((request, response) => handle(request, response))
  const url = `http://127.0.0.1:${portOf(server)}/introspect`
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      methods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
      assertion: assertion(url),
      protectedResources: [
        { id: 'orders', clientSecrets: [secret], audiences: ['urn:orders'] },
        { id: 'keys', jwks: { keys: [key.jwk] }, audiences: ['urn:orders'] },
      ],
    },
    lookup: { store },
    onEvent: (event) => void events.push(event),
  })
  const handle = toNodeHandler(handler)
  return { url, events }
}

describe.each([
  ['4', Issuer4, (endpoint: string) => [ISSUER, TOKEN_ENDPOINT, endpoint]],
  ['5.6', Issuer5, () => [ISSUER, TOKEN_ENDPOINT]],
] as const)('openid-client %s', (_version, Issuer, audienceOf) => {
  function createClient(
    url: string,
    method: 'client_secret_basic' | 'client_secret_post' | Assertion,
    secret = SECRET,
  ) {
    const issuer = new Issuer({ issuer: ISSUER, token_endpoint: TOKEN_ENDPOINT, introspection_endpoint: url })
    const signingAlg = { private_key_jwt: 'RS256', client_secret_jwt: 'HS256' }[method as Assertion] as
      | string
      | undefined
    const client = {
      client_id: method === 'private_key_jwt' ? 'keys' : 'orders',
      ...(method !== 'private_key_jwt' && { client_secret: secret }),
      token_endpoint_auth_method: method,
      introspection_endpoint_auth_method: method,
      ...(signingAlg !== undefined && {
        token_endpoint_auth_signing_alg: signingAlg,
        introspection_endpoint_auth_signing_alg: signingAlg,
      }),
    }
    return new issuer.Client(client, { keys: [privateJwk] })
  }

  test.each(CREDENTIALS.filter(([, id]) => id === 'orders'))(
    'authenticates by its secret, with %s',
    async (_, id, secret) => {
      expect(id).toBe('orders')
      for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
        const { url } = await start(() => undefined, secret)
        expect(await createClient(url, method, secret).introspect('active')).toMatchObject({
          active: true,
          sub: 'alice',
        })
      }
    },
  )

  test.each(['private_key_jwt', 'client_secret_jwt'] as const)(
    'authenticates by %s when the options list its audiences',
    async (method) => {
      const { url } = await start((endpoint) => ({ legacyAudiences: [TOKEN_ENDPOINT, endpoint] }))
      expect(await createClient(url, method).introspect('active')).toMatchObject({ active: true })
    },
  )

  test.each(['private_key_jwt', 'client_secret_jwt'] as const)(
    'is refused with %s by default, and the event says why',
    async (method) => {
      const { url, events } = await start(() => undefined)
      await expect(createClient(url, method).introspect('active')).rejects.toMatchObject({ error: 'invalid_client' })
      expect(events).toMatchObject([
        { error: { complaint: { rule: 'aud', got: JSON.stringify(audienceOf(url)), expected: `"${ISSUER}" alone` } } },
      ])
    },
  )
})

describe('simple-oauth2', () => {
  test.each(CREDENTIALS.filter(([, id, secret]) => /^[\x20-\x7e]*$/.test(id + secret)))(
    'revokes with %s, whatever way it sends credentials',
    async (_, id, secret) => {
      for (const options of [{}, { credentialsEncodingMode: 'loose' }, { authorizationMethod: 'body' }] as const) {
        const endpoint = await startRevocationEndpoint(id, secret)
        const client = new AuthorizationCode({
          client: { id, secret },
          auth: { tokenHost: endpoint.url, revokePath: '/revoke' },
          options,
        })
        const grant = { access_token: 'access', refresh_token: 'refresh', expires_in: 60 }
        // It expects JSON where RFC 7009 §2.2 has no body, and says so after the token is revoked.
        await expect(client.createToken(grant).revoke('access_token')).rejects.toThrow('not JSON compatible')
        expect(await revokedOf(endpoint, 'access', 'foreign')).toEqual([true, false])
      }
    },
  )
})

/** Header fields and forms as they were captured. `TOKEN` stands for the token. */
const CAPTURED: readonly [
  caller: string,
  authorization: string | undefined,
  form: string,
  clientAuthentication: ClientAuthenticationOptions,
  status: number,
][] = [
  ['requests 2.34 with auth=(id, "caf\u00e9")', 'Basic YWNjOmNhZuk=', 'token=TOKEN', {}, 401],
  ['Authlib 1.9, client_secret_basic', 'Basic YWNjOmNhZuk=', 'token=TOKEN', {}, 401],
  [
    'requests with the option for ISO-8859-1',
    'Basic YWNjOmNhZuk=',
    'token=TOKEN',
    { basicEncoding: 'form-then-raw-then-latin1' },
    200,
  ],
  ['requests with UTF-8 octets', 'Basic YWNjOmNhZsOp', 'token=TOKEN', {}, 200],
  ['requests and Authlib, client_secret_post', undefined, 'token=TOKEN&client_id=acc&client_secret=caf%C3%A9', {}, 200],
  ['requests with an identifier that has a colon', 'Basic dXJuOmNvbG9uOng=', 'token=TOKEN', {}, 401],
  [
    'Dovecot, with empty parameters beside Basic',
    'Basic YWNjOmNhZsOp',
    'token=TOKEN&client_id=&client_secret=',
    {},
    200,
  ],
  ['Dovecot, with its identifier beside Basic', 'Basic YWNjOmNhZsOp', 'client_id=acc&token=TOKEN', {}, 200],
  [
    'keycloak-connect 26, confidential: two methods',
    'Basic YWNjOmNhZsOp',
    'token=TOKEN&client_secret=caf%C3%A9&client_id=acc',
    {},
    400,
  ],
  [
    'keycloak-connect 26 with public-client: true',
    undefined,
    'token=TOKEN&client_secret=caf%C3%A9&client_id=acc',
    {},
    200,
  ],
]

describe('a request captured from', () => {
  test.each(CAPTURED)('%s', async (_, authorization, body, clientAuthentication, status) => {
    const { handler } = await createEndpoint({
      clientAuthentication: {
        protectedResources: [
          { id: 'acc', clientSecrets: ['caf\u00e9'], audiences: [RECORD.aud] },
          { id: 'urn:colon', clientSecrets: ['x'], audiences: [RECORD.aud] },
        ],
        ...clientAuthentication,
      },
    })
    const response = await send(handler, post(body.replace('TOKEN', token('active')), { authorization }))
    expect(response.status).toBe(status)
    if (status === 200) expect(json(response)['active']).toBe(true)
  })
})
