/** Who may call an endpoint: a registered party with an identifier and secrets. */
import { OptionGroup } from '@token-introspection/core/options'

/** What client authentication needs to know about a caller, whatever else it is. */
export interface Registered {
  /** The identifier it authenticates with (`client_id`). */
  readonly id: string
  /** Its secrets, any of which is accepted, so that one can be rotated in before the other goes out. */
  readonly clientSecrets: readonly string[]
}

/** Finds a caller by its identifier. */
export type FindRegistered<Caller extends Registered> = (
  id: string,
) => Caller | undefined | null | Promise<Caller | undefined | null>

/**
 * A registry over a fixed list, checked now so that a mistake shows at start-up.
 *
 * @param known - the options an entry has beside its identifier and secrets.
 * @param toCaller - makes the entry of the registry; it is frozen.
 */
export function registeredList<Caller extends Registered>(
  list: unknown,
  path: string,
  known: readonly string[],
  toCaller: (registered: Registered, group: OptionGroup) => Caller,
): FindRegistered<Caller> {
  if (!Array.isArray(list)) throw new TypeError(`${path}: must be an array`)
  const byId = new Map<string, Caller>()
  list.forEach((entry: unknown, index) => {
    const group = new OptionGroup(`${path}[${index}]`, entry, ['id', 'clientSecrets', ...known])
    const id = group.string('id')
    const clientSecrets = group.strings('clientSecrets')
    if (id === undefined) throw group.error('id', 'is required')
    if (clientSecrets === undefined || clientSecrets.length === 0) {
      throw group.error('clientSecrets', 'needs at least one secret')
    }
    if (byId.has(id)) throw group.error('id', 'stands twice')
    byId.set(id, Object.freeze(toCaller({ id, clientSecrets }, group)))
  })
  return (id) => byId.get(id)
}
