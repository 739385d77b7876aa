/** An issuer that was found at run time. */
import type { ClientParts, IntrospectionClient } from '../introspection-client.ts'

/** An issuer with its client. */
export interface FoundIssuer {
  /** The name by which it was found. */
  readonly name: string
  readonly client: IntrospectionClient
  readonly parts: ClientParts
  /** When its settings were found, in milliseconds since the epoch. */
  readonly atMs: number
}
