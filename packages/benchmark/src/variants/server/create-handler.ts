/** Our endpoint with a memory store of many tokens. Several variants share it. */
import { createIntrospectionHandler, type IntrospectionHandler } from '@token-introspection/server'
import { AUDIENCE, CLIENT_ID, CLIENT_SECRET, createTokens, ISSUER } from '../../fixture.ts'
import { createFilledStore } from './create-filled-store.ts'

/** A handler, and the tokens that it knows. */
export interface FilledHandler {
  readonly introspection: IntrospectionHandler
  readonly tokens: readonly string[]
}

/** Creates the handler with its defaults and saves the tokens. */
export async function createHandler(tokens: readonly string[] = createTokens()): Promise<FilledHandler> {
  const store = await createFilledStore(tokens)
  const introspection = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      protectedResources: [{ id: CLIENT_ID, clientSecrets: [CLIENT_SECRET], audiences: [AUDIENCE] }],
    },
    lookup: { store },
  })
  return { introspection, tokens }
}
