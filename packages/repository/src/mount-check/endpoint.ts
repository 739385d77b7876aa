/**
 * The endpoint that every runtime serves: one token, and a protected resource with a secret that needs encoding. Beside it
 * there is the feed of its revocations.
 */

/** The token that is active. */
export const TOKEN = 'good-5Bf41JqM'
export const SECRET = 's3cr3t:%+é'

/** The module of the endpoint, for packages that are installed elsewhere. */
export const ENDPOINT_MODULE = `
import { createIntrospectionHandler, createMemoryTokenStore, createRevocationFeedHandler } from '@token-introspection/server'

const store = createMemoryTokenStore()
// The token expires in 2100, because a worker has no clock before its first request.
await store.save('${TOKEN}', { kind: 'access_token', sub: 'alice', aud: 'urn:orders', scope: 'orders:read', exp: 4102444800 })

const clientAuthentication = {
  protectedResources: [{ id: 'orders-api', clientSecrets: ['${SECRET}'], audiences: ['urn:orders'] }],
}
export const introspection = createIntrospectionHandler({
  issuer: 'https://as.example.com',
  clientAuthentication,
  lookup: { store },
})

const followed = createMemoryTokenStore({ revocationLog: true })
const followers = createRevocationFeedHandler({ clientAuthentication, store: followed })

/** A request that names a session in its query revokes it first, as a logout would. */
export async function feed(request) {
  const session = new URL(request.url).searchParams.get('session')
  if (session !== null) await followed.revokeSession(session)
  return followers(request)
}
`
