/** lru-cache in front of oauth4webapi, combined as an expert in both would do it. Two variants share it. */
import { LRUCache } from 'lru-cache'
import {
  allowInsecureRequests,
  ClientSecretBasic,
  type IntrospectionResponse,
  introspectionRequest,
  processIntrospectionResponse,
} from 'oauth4webapi'
import { assertAnswer, CLIENT_ID, CLIENT_SECRET, createTokens, ISSUER, TOKEN_COUNT } from '../../fixture.ts'
import { type Introspect, measureCalls } from '../../measure/call-rounds.ts'
import { mixedTokens } from './mixed-tokens.ts'
import { CACHE_SECONDS } from './warm-client.ts'

/**
 * Turns the peer into a child program. One token in a hundred is new.
 *
 * @param keyOf - the key of a token in the cache.
 */
export function measureMixedPeer(keyOf: (token: string) => string): void {
  measureCalls(async (endpoint) => {
    const introspect = createIntrospect(endpoint, keyOf)
    for (const token of createTokens()) assertAnswer(await introspect(token))
    return introspect
  }, mixedTokens())
}

function createIntrospect(endpoint: string, keyOf: (token: string) => string): Introspect {
  const authorizationServer = { issuer: ISSUER, introspection_endpoint: endpoint }
  const client = { client_id: CLIENT_ID }
  const authentication = ClientSecretBasic(CLIENT_SECRET)
  const options = { [allowInsecureRequests]: true }
  const ttlMs = CACHE_SECONDS * 1000
  const answers = new LRUCache<string, IntrospectionResponse>({ max: 2 * TOKEN_COUNT, ttl: ttlMs })
  return async (token) => {
    const key = keyOf(token)
    const known = answers.get(key)
    if (known !== undefined) return known
    const response = await introspectionRequest(authorizationServer, client, authentication, token, options)
    const answer = await processIntrospectionResponse(authorizationServer, client, response)
    const leftMs = answer.exp === undefined ? ttlMs : answer.exp * 1000 - Date.now()
    if (answer.active && leftMs > 0) answers.set(key, answer, { ttl: Math.min(ttlMs, leftMs) })
    return answer
  }
}
