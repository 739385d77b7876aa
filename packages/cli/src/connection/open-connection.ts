/** Opens the connection that the options describe. */
import { IntrospectionClient, type IntrospectionClientOptions } from '@token-introspection/client'
import type { Dispatcher } from 'undici'
import { MisuseError } from '../errors.ts'
import { readNamedFile } from '../surroundings/read-named-file.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { type ConnectionFlags, VARIABLES } from './connection-options.ts'
import type { Exchange } from './exchange.ts'
import { withFlags } from './flag-names.ts'
import { KnownSecrets } from './known-secrets.ts'
import { type OpenRoutes, openRoutes } from './open-routes.ts'
import { readClientAuthentication } from './read-client-authentication.ts'
import { noteCredentials } from './shown-request.ts'

/** An open connection to an authorization server. */
export interface Connection {
  /** The options of a client that uses this connection. Add those of the command. */
  readonly clientOptions: IntrospectionClientOptions
  /** The secret of the caller, if it has one. For requests that no client sends. */
  readonly clientSecret: string | undefined
  readonly dispatcher: Dispatcher
  /** Further connections with the same certificates. */
  readonly routes: OpenRoutes
  /** Everything that was sent and received so far, in order. */
  readonly exchanges: readonly Exchange[]
  /** What must not be printed. */
  readonly secrets: KnownSecrets
  readonly close: () => Promise<void>
}

const MAX_PEM_BYTES = 1_048_576

/**
 * Opens the connection. Nothing is sent yet.
 *
 * @throws MisuseError that names the option that is missing or wrong.
 */
export async function openConnection(flags: ConnectionFlags, surroundings: Surroundings): Promise<Connection> {
  const { environment, now } = surroundings
  const issuer = flags.issuer ?? environment[VARIABLES.issuer]
  const endpoint = flags.endpoint ?? (flags.issuer === undefined ? environment[VARIABLES.endpoint] : undefined)
  if (!issuer && !endpoint) {
    throw new MisuseError(`--issuer: is required, or --endpoint; or set ${VARIABLES.issuer}`)
  }
  const secrets = new KnownSecrets()
  const { clientAuthentication, clientSecret } = await asMisuse(() =>
    readClientAuthentication(flags, surroundings, secrets),
  )
  const certificates = await readCertificates(flags, surroundings)
  const timeoutMs = flags.timeout * 1000
  const exchanges: Exchange[] = []
  const routes = openRoutes(certificates, { timeoutMs })
  const dispatcher = routes.recorded(environment, (exchange) => {
    exchanges.push(exchange)
    noteCredentials(exchange.request, secrets)
  })
  return {
    clientOptions: {
      ...(issuer && { issuer }),
      ...(endpoint && { endpoint }),
      clientAuthentication,
      transport: {
        dispatcher,
        deadlineMs: timeoutMs,
        allowHttpOnLoopback: true,
        ...(flags.dangerouslyAllowHttp === true && { allowHttpOrigins: httpOrigins([issuer, endpoint]) }),
      },
      onWarning: false,
      now,
    },
    clientSecret,
    dispatcher,
    routes,
    exchanges,
    secrets,
    close: routes.close,
  }
}

/**
 * Creates a client of a connection.
 *
 * @throws MisuseError for an option that the client refuses.
 */
export function createClient(options: IntrospectionClientOptions): Promise<IntrospectionClient> {
  return asMisuse(() => new IntrospectionClient(options))
}

/** A TypeError of the client names an option, and the option comes from the command line. */
export async function asMisuse<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    const isMistake = error instanceof TypeError && !(error instanceof MisuseError)
    throw isMistake ? new MisuseError(withFlags(error.message), { cause: error }) : error
  }
}

async function readCertificates(flags: ConnectionFlags, surroundings: Surroundings) {
  const read = async (option: string, path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : await readNamedFile(path, { option, maxBytes: MAX_PEM_BYTES }, surroundings)
  if ((flags.certificateFile === undefined) !== (flags.certificateKeyFile === undefined)) {
    throw new MisuseError('--certificate-file: give it with --certificate-key-file, or give neither')
  }
  return {
    ca: await read('--ca-file', flags.caFile),
    cert: await read('--certificate-file', flags.certificateFile),
    key: await read('--certificate-key-file', flags.certificateKeyFile),
  }
}

function httpOrigins(urls: readonly (string | undefined)[]): string[] {
  const origins = urls.flatMap((url) => (url && URL.canParse(url) ? [new URL(url).origin] : []))
  return [...new Set(origins.filter((origin) => origin.startsWith('http:')))]
}
