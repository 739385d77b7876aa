/** Our endpoint with signed answers. Several variants share it. */
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  type ResponseSigningAlg,
} from '@token-introspection/server'
import { generateKeyPair } from 'jose'
import {
  answerMembers,
  AUDIENCE,
  CLIENT_ID,
  CLIENT_SECRET,
  createTokens,
  EXTENSION_CLAIMS,
  ISSUER,
} from '../../fixture.ts'
import type { FilledHandler } from './create-handler.ts'

export const JWT_MEDIA_TYPE = 'application/token-introspection+jwt'

/** Creates a handler that signs with one algorithm, and saves the tokens. */
export async function createSigningHandler(alg: ResponseSigningAlg): Promise<FilledHandler> {
  const store = createMemoryTokenStore()
  const tokens = createTokens()
  for (const token of tokens) {
    // Each token has its own jti, so that no two answers within one second are equal.
    const members = { ...answerMembers(), jti: token.slice(0, 13) }
    await store.save(token, { kind: 'access_token', ...members, claims: EXTENSION_CLAIMS })
  }
  const { privateKey } = await generateKeyPair(alg)
  const introspection = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      protectedResources: [{ id: CLIENT_ID, clientSecrets: [CLIENT_SECRET], audiences: [AUDIENCE] }],
    },
    lookup: { store },
    response: { jwt: { keys: [{ alg, kid: 'key-1', key: privateKey }], defaultSigningAlg: alg } },
  })
  return { introspection, tokens }
}
