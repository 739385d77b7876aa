/** The endpoint on a real connection, for clients of other libraries. */
import { toNodeHandler } from '../../src/adapters/node.ts'
import { createIntrospectionHandler, createMemoryTokenStore, type MemoryTokenStore } from '../../src/index.ts'
import { listen, portOf } from '../path/forms.ts'

/** Identifiers and secrets with every character that some clients or servers encode wrongly. */
export const CREDENTIALS: readonly [title: string, clientId: string, clientSecret: string][] = [
  ['plain letters', 'orders', 's3cr3t'],
  ['dashes, dots, underscores and tildes', 'orders-api_v1.2~a', 'a-b_c.d~e'],
  ['a colon', 'orders', 'a:b:'],
  ['a percent sign', 'orders', '100%'],
  ['text that looks like an escape', 'orders', 'a%41b'],
  ['a plus and a space', 'orders', 'a+b c'],
  ['a slash and an equals sign', 'orders', 'a/b=='],
  ['letters beyond ASCII', 'ordérs', 'é€😀'],
  ['punctuation', 'orders', '!*\'()&=?#[]@$,;"\\<>|`^{}'],
  ['an identifier that is a URL', 'https://rs.example.com:8443/api?v=1', 'a:%+/é-'],
]

export interface RunningEndpoint {
  readonly issuer: string
  readonly url: string
  readonly store: MemoryTokenStore
}

/** Starts an endpoint with one protected resource. It stops when the test ends. */
export async function startEndpoint(clientId: string, clientSecret: string): Promise<RunningEndpoint> {
  const store = createMemoryTokenStore()
  const issuer = 'https://as.example.com'
  const handler = createIntrospectionHandler({
    issuer,
    clientAuthentication: {
      protectedResources: [{ id: clientId, clientSecrets: [clientSecret], audiences: ['urn:orders'] }],
    },
    lookup: { store },
  })
  const exp = Math.floor(Date.now() / 1000) + 3600
  const record = {
    kind: 'access_token',
    sub: 'alice',
    client_id: 'web',
    scope: 'orders:read',
    aud: 'urn:orders',
    exp,
    claims: { tenant: 'acme', 'https://example.com/roles': ['reader', 'é'] },
  } as const
  await store.save('active', record)
  await store.save('expired', { ...record, exp: 1 })
  await store.save('foreign', { ...record, aud: 'urn:invoices' })
  await store.save('revoked', record)
  await store.revoke('revoked')
  // A token with every character that form encoding must escape.
  await store.save('odd +/=&%~é', { ...record, sub: 'odd' })
  const server = await listen(toNodeHandler(handler))
  return { issuer, url: `http://127.0.0.1:${portOf(server)}/introspect`, store }
}

/** The answer that every client must get about the active token. */
export const ACTIVE_ANSWER = {
  active: true,
  sub: 'alice',
  client_id: 'web',
  scope: 'orders:read',
  aud: 'urn:orders',
  token_type: 'Bearer',
  iss: 'https://as.example.com',
  tenant: 'acme',
  'https://example.com/roles': ['reader', 'é'],
}
