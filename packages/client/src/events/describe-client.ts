/** The client that an event is about. */
import { withoutQuery } from '@token-introspection/core'
import type { ReportingClient } from './events.ts'
import type { TransportStep } from '../transport/transport-step.ts'

/**
 * Describes a client for its events. It returns the same object as long as the endpoint is the same.
 *
 * @param transport - not called before the first event.
 */
export function createDescription(transport: () => TransportStep): () => ReportingClient {
  let described: { readonly url: string | undefined; readonly client: ReportingClient } | undefined
  return () => {
    const { issuer, endpoint, clientAuthentication } = transport()
    const { clientId } = clientAuthentication
    const url = endpoint.known
    if (described === undefined || described.url !== url) {
      described = { url, client: Object.freeze({ issuer, endpoint: url && withoutQuery(url), clientId }) }
    }
    return described.client
  }
}
