/** The protected resource: the party that calls the introspection endpoint (RFC 7662 §1.2). */
import { type FindRegistered, type Registered, registeredList } from './registered.ts'

/**
 * A registered protected resource. It is an entity of its own, not an OAuth client: its identifier says who calls,
 * its audiences say which tokens are for it.
 */
export interface ProtectedResource extends Registered {
  /** The `aud` values it answers to. It learns about tokens with one of them, and about tokens issued to itself. */
  readonly audiences?: readonly string[] | undefined
}

/** Finds a protected resource by its identifier. */
export type FindProtectedResource = FindRegistered<ProtectedResource>

/** A registry over a fixed list. */
export function protectedResourceList(list: unknown, path: string): FindProtectedResource {
  return registeredList(list, path, ['audiences'], (registered, group) => ({
    ...registered,
    audiences: group.strings('audiences') ?? Object.freeze([]),
  }))
}
