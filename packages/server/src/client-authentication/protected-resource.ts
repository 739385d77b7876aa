/** The protected resource: the party that calls the introspection endpoint (RFC 7662 §1.2). */
import { OptionGroup } from '@token-introspection/core/options'

/**
 * A registered protected resource. It is an entity of its own, not an OAuth client: its identifier says who calls,
 * its audiences say which tokens are for it.
 */
export interface ProtectedResource {
  /** The identifier it authenticates with (`client_id` at this endpoint). */
  readonly id: string
  /** Its secrets, any of which is accepted, so that one can be rotated in before the other goes out. */
  readonly clientSecrets: readonly string[]
  /** The `aud` values it answers to. It learns about tokens with one of them, and about tokens issued to itself. */
  readonly audiences?: readonly string[] | undefined
}

/** Finds a protected resource by its identifier. */
export type FindProtectedResource = (
  id: string,
) => ProtectedResource | undefined | null | Promise<ProtectedResource | undefined | null>

/** A registry over a fixed list, checked now so that a mistake shows at start-up. */
export function protectedResourceList(list: unknown, path: string): FindProtectedResource {
  if (!Array.isArray(list)) throw new TypeError(`${path}: must be an array`)
  const byId = new Map<string, ProtectedResource>()
  list.forEach((entry: unknown, index) => {
    const group = new OptionGroup(`${path}[${index}]`, entry, ['id', 'clientSecrets', 'audiences'])
    const id = group.string('id')
    const clientSecrets = group.strings('clientSecrets')
    if (id === undefined) throw group.error('id', 'is required')
    if (clientSecrets === undefined || clientSecrets.length === 0) {
      throw group.error('clientSecrets', 'needs at least one secret')
    }
    if (byId.has(id)) throw group.error('id', 'stands twice')
    byId.set(id, Object.freeze({ id, clientSecrets, audiences: group.strings('audiences') ?? Object.freeze([]) }))
  })
  return (id) => byId.get(id)
}
