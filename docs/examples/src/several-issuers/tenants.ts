/** Tenants with an authorization server each. They come and go while the API runs. */
import { clientSecretBasic, combineIssuers } from '@token-introspection/client'
import type { IssuerEntry } from './known-issuers.ts'

/** A guard for the tenants in a list. The list may change at any time. */
export function combineTenants(tenants: ReadonlyMap<string, IssuerEntry>) {
  const introspection = combineIssuers({
    // `find` gets a name that the request brought. It looks the name up, and never builds settings from it.
    find(name) {
      const tenant = tenants.get(name)
      return (
        tenant && {
          issuer: tenant.issuer,
          clientAuthentication: clientSecretBasic('orders-api', tenant.clientSecret),
          cache: { maxAgeSeconds: 60 },
          transport: { allowHttpOnLoopback: true }, // for authorization servers on your own machine
        }
      )
    },
    // The tenant of `/acme/orders` is acme, whatever token comes with it. A path without a tenant has an empty name.
    requestIssuer: ({ url = '' }) => url.split('/')[1] ?? '',
    audience: 'https://orders.example.com',
  })
  return { introspection, mayRead: introspection.guard({ scope: 'orders:read' }) }
}
