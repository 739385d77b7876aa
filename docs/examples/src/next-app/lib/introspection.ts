/** The client and the guards of the application. All routes share its cache. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'

const introspection = new IntrospectionClient({
  issuer: process.env['ISSUER'] ?? 'https://as.example.com',
  // A function, because `next build` loads this module and has no secrets.
  clientAuthentication: clientSecretBasic('orders-api', () => process.env['ORDERS_API_SECRET'] ?? ''),
  audience: 'https://orders.example.com',
  cache: { maxAgeSeconds: 60 },
  transport: { allowHttpOnLoopback: true }, // for an authorization server on your own machine
})

export const mayRead = introspection.guard({ scope: 'orders:read' })
export const mayWrite = introspection.guard({ scope: 'orders:write' })
