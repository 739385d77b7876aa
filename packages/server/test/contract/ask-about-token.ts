/** An introspection endpoint over a store, and its answer about one token. */
import { createIntrospectionHandler, type IntrospectionHandler, type TokenStore } from '../../src/index.ts'

/** An endpoint whose only protected resource is the client `orders`. */
export function createEndpoint(store: TokenStore): IntrospectionHandler {
  return createIntrospectionHandler({
    issuer: 'https://as.example.com',
    clientAuthentication: { protectedResources: [{ id: 'orders', clientSecrets: ['s3cr3t'], audiences: [] }] },
    lookup: { store },
  })
}

/** The status of the answer, and its `active`, about the token `token`. */
export async function askAboutToken(endpoint: IntrospectionHandler): Promise<[number, unknown]> {
  const headers = { authorization: `Basic ${btoa('orders:s3cr3t')}` }
  const body = new URLSearchParams({ token: 'token' })
  const response = await endpoint(new Request('https://as.example.com/introspect', { method: 'POST', headers, body }))
  const { active } = (await response.json()) as { active?: unknown }
  return [response.status, active]
}
