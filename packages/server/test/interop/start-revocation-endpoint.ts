/** The revocation endpoint on a real connection, for clients of other libraries. */
import { toNodeHandler } from '../../src/adapters/node.ts'
import {
  createMemoryTokenStore,
  createRevocationHandler,
  digestToken,
  type MemoryTokenStore,
  type TokenRecord,
} from '../../src/index.ts'
import { listen, portOf } from '../path/forms.ts'

export interface RunningRevocationEndpoint {
  readonly issuer: string
  readonly url: string
  readonly store: MemoryTokenStore
}

/** Starts an endpoint with one client, which holds the tokens of one grant. It stops when the test ends. */
export async function startRevocationEndpoint(
  clientId: string,
  clientSecret: string,
): Promise<RunningRevocationEndpoint> {
  const store = createMemoryTokenStore()
  const handler = createRevocationHandler({
    clientAuthentication: { clients: [{ id: clientId, clientSecrets: [clientSecret] }] },
    lookup: { store },
  })
  const exp = Math.floor(Date.now() / 1000) + 3600
  const record: TokenRecord = { kind: 'access_token', client_id: clientId, grantId: 'grant-1', exp }
  await store.save('access', record)
  await store.save('sibling', record)
  await store.save('refresh', { ...record, kind: 'refresh_token' })
  await store.save('expired', { ...record, exp: 1 })
  await store.save('foreign', { ...record, client_id: `${clientId}-2`, grantId: 'grant-2' })
  // A token with every character that form encoding must escape.
  await store.save('odd +/=&%~é', { ...record, grantId: 'grant-3' })
  const server = await listen(toNodeHandler(handler))
  return { issuer: 'https://as.example.com', url: `http://127.0.0.1:${portOf(server)}/revoke`, store }
}

/** For each token, whether it is revoked. */
export async function revokedOf(endpoint: RunningRevocationEndpoint, ...tokens: string[]): Promise<boolean[]> {
  const revoked: boolean[] = []
  for (const token of tokens) revoked.push(endpoint.store.find(await digestToken(token))?.revoked === true)
  return revoked
}
