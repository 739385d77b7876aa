/** Cases about requests: how the client finds the endpoint, and how it authenticates. */
import {
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  type IntrospectionClientOptions,
  privateKeyJwt,
} from '@token-introspection/client'
import { issueToken } from './server-requests.ts'
import { rejectionOf, withClient } from './smoke-client.ts'
import type { SmokeCase, SmokeInput } from './smoke-input.ts'

export const REQUEST_CASES: Readonly<Record<string, SmokeCase>> = {
  async 'the endpoint is found through the metadata'(input) {
    const token = await issueToken(input)
    return withClient(input, { endpoint: undefined }, async (client) => (await client.introspect(token)).active)
  },

  'metadata of another issuer is refused': (input) =>
    withClient(input, { endpoint: undefined, issuer: `${input.server}/tenant` }, (client) =>
      rejectionOf(client.introspect('any')),
    ),

  client_secret_basic: authenticatedBy(({ clientSecret }) => clientSecretBasic('basic-api', clientSecret)),
  client_secret_post: authenticatedBy(({ clientSecret }) => clientSecretPost('post-api', clientSecret)),
  client_secret_jwt: authenticatedBy(({ clientSecret }) => clientSecretJwt('hmac-api', clientSecret)),
  private_key_jwt: authenticatedBy(({ privateKey }) => privateKeyJwt('key-api', privateKey, { algorithm: 'ES256' })),
  'wrong credentials': (input) =>
    withClient(input, { clientAuthentication: clientSecretBasic('basic-api', 'wrong') }, (client) =>
      rejectionOf(client.introspect('any')),
    ),
}

/** Whether a token is active for a client that authenticates in this way. */
function authenticatedBy(choose: (input: SmokeInput) => IntrospectionClientOptions['clientAuthentication']): SmokeCase {
  return async (input) => {
    const token = await issueToken(input)
    return withClient(input, { clientAuthentication: choose(input) }, async (client) => {
      const { active } = await client.introspect(token)
      return active
    })
  }
}
