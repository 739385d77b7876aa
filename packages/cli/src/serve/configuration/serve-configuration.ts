/** Whom the authorization server for development knows. */
import { OptionGroup } from '@token-introspection/core/options'

/** A protected resource, which may introspect. */
export interface ServedResource {
  readonly id: string
  readonly secret: string
  /** The audiences of the tokens about which it learns. */
  readonly audiences: readonly string[]
}

/** A client, to which tokens are issued. */
export interface ServedClient {
  readonly id: string
  readonly secret: string
  /** The scope tokens it may ask for at the token endpoint. */
  readonly scope: readonly string[]
  /** The audience of the tokens that it gets at the token endpoint. */
  readonly audiences: readonly string[]
}

/** The registrations of the server. */
export interface ServeConfiguration {
  readonly protectedResources: readonly ServedResource[]
  readonly clients: readonly ServedClient[]
}

/** The most registrations of one kind. */
const MAX_ENTRIES = 100
const MIN_SECRET_LENGTH = 8

/**
 * Reads the registrations from the value of a configuration file.
 *
 * @throws TypeError that names the member that is wrong. It never contains a secret.
 */
export function readServeConfiguration(value: unknown): ServeConfiguration {
  const group = new OptionGroup('', value, ['protectedResources', 'clients'])
  const protectedResources = entries(group, 'protectedResources').map(({ entry, path }) => {
    const resource = new OptionGroup(path, entry, ['id', 'secret', 'audiences'])
    return { ...readIdentity(resource), audiences: requireStrings(resource, 'audiences') }
  })
  const known = [...new Set(protectedResources.flatMap(({ audiences }) => audiences))]
  const clients = entries(group, 'clients').map(({ entry, path }) => {
    const client = new OptionGroup(path, entry, ['id', 'secret', 'scope', 'audiences'])
    return {
      ...readIdentity(client),
      scope: (client.string('scope') ?? '').split(' ').filter((each) => each !== ''),
      audiences: client.strings('audiences') ?? known,
    }
  })
  requireDistinct(group, 'protectedResources', protectedResources)
  requireDistinct(group, 'clients', clients)
  return { protectedResources, clients }
}

function entries(group: OptionGroup, name: string): { readonly entry: unknown; readonly path: string }[] {
  const list = group.raw(name)
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_ENTRIES) {
    throw group.error(name, `must be an array of 1 to ${MAX_ENTRIES} entries`)
  }
  return list.map((entry: unknown, index) => ({ entry, path: `${group.path(name)}[${index}]` }))
}

function readIdentity(group: OptionGroup): { readonly id: string; readonly secret: string } {
  const id = group.string('id')
  if (id === undefined) throw group.error('id', 'is required')
  const secret = group.string('secret')
  if (secret === undefined || secret.length < MIN_SECRET_LENGTH) {
    throw group.error('secret', `must have at least ${MIN_SECRET_LENGTH} characters`)
  }
  return { id, secret }
}

function requireStrings(group: OptionGroup, name: string): readonly string[] {
  const strings = group.strings(name) ?? []
  if (strings.length === 0) throw group.error(name, 'must name at least one audience')
  return strings
}

function requireDistinct(group: OptionGroup, name: string, list: readonly { readonly id: string }[]): void {
  const ids = list.map(({ id }) => id)
  const repeated = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  if (repeated !== -1) throw group.error(`${name}[${repeated}].id`, 'occurs twice')
}
