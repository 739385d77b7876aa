/** A client of one answer, with a list of the events that it reports. */
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { NOW } from '../jwt-authorization-server.ts'

export const audience = 'https://orders.example.com'

/** Creates the client. The authorization server gives `answer` to every request. */
export function createObservedClient(
  answer: () => Response | Promise<Response>,
  options: Partial<IntrospectionClientOptions> = {},
) {
  const events: IntrospectionClientEvent[] = []
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    policy: { audience },
    now: () => NOW * 1000,
    onEvent: (event) => events.push(event),
    ...options,
    transport: { fetch: async () => answer() },
  })
  return { client, events }
}
