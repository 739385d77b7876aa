/** The endpoint that every runtime serves: one token, and a protected resource with a secret that needs encoding. */

/** The token that is active. */
export const TOKEN = 'good-5Bf41JqM'
export const SECRET = 's3cr3t:%+é'

/** The module of the endpoint, for packages that are installed elsewhere. */
export const ENDPOINT_MODULE = `
import { createIntrospectionHandler, createMemoryTokenStore } from '@token-introspection/server'

const store = createMemoryTokenStore()
// The token expires in 2100, because a worker has no clock before its first request.
await store.save('${TOKEN}', { kind: 'access_token', sub: 'alice', aud: 'urn:orders', exp: 4102444800 })

export const introspection = createIntrospectionHandler({
  issuer: 'https://as.example.com',
  clientAuthentication: {
    protectedResources: [{ id: 'orders-api', clientSecrets: ['${SECRET}'], audiences: ['urn:orders'] }],
  },
  lookup: { store },
})
`
