/** Two authorization servers that the API knows by name: its own, and that of a partner. */
import { clientSecretBasic, combineIssuers, IntrospectionClient } from '@token-introspection/client'

/** What the API knows about an authorization server. */
export interface IssuerEntry {
  readonly issuer: string
  readonly clientSecret: string
}

/** A guard for the tokens of both. A partner names its scope differently. */
export function combineKnownIssuers(own: IssuerEntry, partner: IssuerEntry) {
  const introspection = combineIssuers({
    issuers: { own: createClient(own), partner: createClient(partner) },
    // Opaque tokens name no issuer. Those of the partner begin so, and all others go to the own server.
    prefixes: { partner: 'pt_' },
    fallback: 'own',
  })
  const mayRead = introspection.guard({
    audience: 'https://orders.example.com',
    scope: 'orders:read',
    issuers: { partner: { scope: 'partner:orders' } },
  })
  return { introspection, mayRead }
}

function createClient({ issuer, clientSecret }: IssuerEntry): IntrospectionClient {
  return new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic('orders-api', clientSecret),
    transport: { allowHttpOnLoopback: true }, // for authorization servers on your own machine
  })
}
