/** The introspection client of the orders API, with the type of its claims. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { z } from 'zod'

/** What differs between your machine and production. */
export interface Settings {
  readonly issuer: string
  readonly clientSecret: string
  /** Gets a line for each introspection that failed. */
  readonly log: (line: string) => void
}

/** The members that this authorization server puts into answers beside those of the standard. */
const claims = z.object({ tenant: z.string() })

/** The claims of every token that passes a guard. */
export type Claims = z.infer<typeof claims>

/** Creates the client. The process needs one, and closes it at the end. */
export function createIntrospection({ issuer, clientSecret, log }: Settings): IntrospectionClient<Claims> {
  return new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic('orders-api', clientSecret),
    policy: { audience: 'https://orders.example.com', realm: 'orders' },
    cache: { maxAgeSeconds: 60 },
    claims,
    onEvent: (event) => event.type === 'failed' && log(`failed: ${event.error.code}`),
    transport: { allowHttpOnLoopback: true }, // for an authorization server on your own machine
  })
}
