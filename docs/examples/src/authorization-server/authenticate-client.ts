/** Authenticates the clients of the token endpoint by `client_secret_basic` (RFC 6749 §2.3.1). */
import { createHash, timingSafeEqual } from 'node:crypto'
import { decodeBasicCredentials, parseAuthorization } from '@token-introspection/core'
import type { RegisteredClient } from '../issuing/token-endpoint.ts'

/** A client with its secret. */
export interface ConfidentialClient extends RegisteredClient {
  readonly secret: string
}

/** Creates the function that the token endpoint asks. It finds a client by its credentials, or returns `undefined`. */
export function createClientAuthentication(clients: readonly ConfidentialClient[]) {
  return async (headers: Headers): Promise<RegisteredClient | undefined> => {
    const { scheme, token } = parseAuthorization(headers.get('authorization') ?? '') ?? {}
    if (scheme !== 'basic' || token === undefined) return undefined
    const credentials = decodeBasicCredentials(token)
    const client = clients.find(({ id }) => id === credentials?.clientId)
    if (credentials === undefined || client === undefined) return undefined
    return isSame(credentials.clientSecret, client.secret) ? client : undefined
  }
}

/** Compares digests, so that the time says nothing about the secret. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
