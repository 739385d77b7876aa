/** Our endpoint with signed answers. Several variants share it. */
import { createIntrospectionHandler, type ResponseSigningAlg } from '@token-introspection/server'
import { generateKeyPair } from 'jose'
import { AUDIENCE, CLIENT_ID, CLIENT_SECRET, createTokens, ISSUER } from '../../fixture.ts'
import { createFilledStore } from './create-filled-store.ts'
import type { FilledHandler } from './create-handler.ts'

export const JWT_MEDIA_TYPE = 'application/token-introspection+jwt'

/** Creates a handler that signs with one algorithm, and saves the tokens. */
export async function createSigningHandler(alg: ResponseSigningAlg): Promise<FilledHandler> {
  const tokens = createTokens()
  // Each token has its own jti, so that no two answers within one second are equal.
  const store = await createFilledStore(tokens, (token) => ({ jti: token.slice(0, 13) }))
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
