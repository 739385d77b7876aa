/** The introspection client of the orders API, with the type of its claims. */
import { clientSecretBasic, IntrospectionClient, logEvents } from '@token-introspection/client'
import { z } from 'zod'

/** The logger of the application, such as `console`. */
export type Logger = Pick<Console, 'debug' | 'info' | 'warn' | 'error'>

/** What differs between your machine and production. */
export interface Settings {
  readonly issuer: string
  readonly clientSecret: string
  readonly logger: Logger
}

/** The members that this authorization server puts into answers beside those of the standard. */
const claims = z.object({ tenant: z.string() })

/** The claims of every token that passes a guard. */
export type Claims = z.infer<typeof claims>

/** Creates the client. The process needs one, and closes it at the end. */
export function createIntrospection({ issuer, clientSecret, logger }: Settings): IntrospectionClient<Claims> {
  return new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic('orders-api', clientSecret),
    policy: { audience: 'https://orders.example.com', realm: 'orders' },
    cache: { maxAgeSeconds: 60 },
    claims,
    // Failures, and whatever else somebody should look at. The API itself logs refusals, because it knows their paths.
    onEvent: logEvents(logger, { shape: 'console', level: 'warn' }),
    transport: { allowHttpOnLoopback: true }, // for an authorization server on your own machine
  })
}
