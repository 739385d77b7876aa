/** Names and addresses of the parties. None of them exists outside the page. */

export const ISSUER = 'https://as.example.com'

/** The endpoints of the authorization server. */
export const ENDPOINTS = Object.freeze({
  metadata: `${ISSUER}/.well-known/oauth-authorization-server`,
  introspection: `${ISSUER}/introspect`,
  revocation: `${ISSUER}/revoke`,
  feed: `${ISSUER}/revocations`,
})

/** The API of the playground, a protected resource. */
export const ORDERS_API = Object.freeze({ id: 'orders-api', audience: 'https://orders.example.com' })

/** Another API at the same authorization server. */
export const INVOICES_API = Object.freeze({ id: 'invoices-api', audience: 'https://invoices.example.com' })

/** The OAuth client to which tokens are issued. */
export const WEB_SHOP = 'web-shop'

/** The scopes of the API. */
export const SCOPES = Object.freeze({ read: 'orders:read', write: 'orders:write' })
