/** Opens the resource server that the command line describes, or that a module of the user exports. */
import { setTimeout as wait } from 'node:timers/promises'
import type { IntrospectionClientOptions } from '@token-introspection/client'
import { VARIABLES } from '../../connection/connection-options.ts'
import { type OpenRoutes, openRoutes } from '../../connection/open-routes.ts'
import { createClient, openConnection } from '../../connection/open-connection.ts'
import type { Exchange } from '../../connection/exchange.ts'
import { KnownSecrets } from '../../connection/known-secrets.ts'
import { noteCredentials } from '../../connection/shown-request.ts'
import { MisuseError } from '../../errors.ts'
import { findSecret } from '../../secrets/read-secret.ts'
import type { Environment, Surroundings } from '../../surroundings/surroundings.ts'
import type { DoctorFlags } from '../doctor-options.ts'
import { credentialsOf } from '../examination/sent-credentials.ts'
import { createProbe } from './create-probe.ts'
import { environmentProxy, WITHOUT_PROXY } from './environment-proxy.ts'
import { loadClientModule } from './load-client-module.ts'
import type { Patient } from './patient.ts'

/** The client gets a little less than the whole time, so that it can still say that the server is late. */
const SHARE_OF_CLIENT = 0.9

/** What the two ways to describe a resource server have in common. */
interface Described {
  readonly client: Patient['client']
  readonly options: Partial<IntrospectionClientOptions>
  readonly routes: OpenRoutes
  readonly exchanges: readonly Exchange[]
  readonly secrets: KnownSecrets
  /** The proxies that the client uses. */
  readonly proxies: Environment
  readonly close: () => Promise<void>
}

/**
 * Opens the resource server. Nothing is sent yet.
 *
 * @throws MisuseError that names the option that is missing or wrong.
 */
export async function openPatient(flags: DoctorFlags, surroundings: Surroundings): Promise<Patient> {
  if (flags.config !== undefined && (flags.issuer !== undefined || flags.endpoint !== undefined)) {
    throw new MisuseError('--config: the module names issuer and endpoint, so give neither --issuer nor --endpoint')
  }
  const described =
    flags.config === undefined
      ? await describedByFlags(flags, surroundings)
      : await describedByModule(flags.config, flags, surroundings)
  const { client, options, routes, exchanges, secrets, proxies } = described
  // A preset has defaults for these options.
  const { provider } = options
  const { environment, now, stop } = surroundings
  const token = await findSecret(
    { what: 'token', option: '--token-file', path: flags.tokenFile, variable: VARIABLES.token },
    surroundings,
  )
  if (token !== undefined) secrets.add(token, 'the token')
  if (flags.revoked === true && token === undefined) throw new MisuseError('--revoked: needs --token-file')
  const timeoutMs = flags.deadline * 1000
  const late = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)])
  // The client has deadlines of its own, for each call. This one is for all of them.
  late.addEventListener('abort', () => void described.close())
  const { probe, requestCount } = createProbe({ routes, environment, proxies, exchanges, timeoutMs, late, secrets })
  return {
    client,
    issuer: options.issuer ?? provider?.issuer,
    endpoint: options.endpoint ?? provider?.endpoint,
    clientAuthentication: options.clientAuthentication,
    hint: options.token?.tokenTypeHint ?? provider?.token?.tokenTypeHint,
    wantsSignedAnswers: options.response?.jwt !== undefined,
    token,
    isRevoked: flags.revoked === true,
    policy: {
      // The audience of the options counts, unless the command line names one.
      ...(flags.audience !== undefined
        ? { audience: flags.audience }
        : hasAudience(options, flags.config)
          ? {}
          : { audience: false as const }),
      ...(flags.scope !== undefined && { scope: flags.scope }),
    },
    exchanges,
    probe,
    proxyFor(url) {
      const origin = environmentProxy(url, environment)
      return origin === undefined ? undefined : { origin, isUsed: environmentProxy(url, proxies) === origin }
    },
    now: options.now ?? now,
    async pause(ms) {
      await wait(ms, undefined, { signal: late }).catch(() => undefined)
    },
    secrets,
    requestCount,
    async close() {
      await client.close()
      await described.close()
    },
  }
}

/** A client that was made elsewhere may have an audience, and refuses `false` in no case. */
function hasAudience(
  { audience, policy, provider }: Partial<IntrospectionClientOptions>,
  config: string | undefined,
): boolean {
  const named: unknown[] = [
    audience,
    (policy as { audience?: unknown } | undefined)?.audience,
    provider?.policy?.audience,
  ]
  return config !== undefined && named.some((each) => each !== undefined)
}

async function describedByFlags(flags: DoctorFlags, surroundings: Surroundings): Promise<Described> {
  const timeout = Math.min(flags.timeout, flags.deadline * SHARE_OF_CLIENT)
  const connection = await openConnection({ ...flags, timeout }, surroundings)
  const options: IntrospectionClientOptions = {
    ...connection.clientOptions,
    ...(flags.hint !== undefined && { token: { tokenTypeHint: flags.hint } }),
    ...(flags.signedAnswers === true && { response: { jwt: {} } }),
  }
  return {
    client: await createClient(options),
    options,
    routes: connection.routes,
    exchanges: connection.exchanges,
    secrets: connection.secrets,
    proxies: surroundings.environment,
    close: connection.close,
  }
}

async function describedByModule(path: string, flags: DoctorFlags, surroundings: Surroundings): Promise<Described> {
  const { client, options } = await loadClientModule(path, surroundings)
  const secrets = new KnownSecrets()
  const timeoutMs = flags.deadline * 1000 * SHARE_OF_CLIENT
  if (client !== undefined) {
    const routes = openRoutes({}, { timeoutMs })
    return { client, options: {}, routes, exchanges: [], secrets, proxies: WITHOUT_PROXY, close: routes.close }
  }
  for (const secret of await credentialsOf(options.clientAuthentication)) secrets.add(secret, 'a credential')
  const { transport = {} } = options
  const proxies = proxiesOf(transport.proxy, surroundings.environment)
  const routes = openRoutes(transport.tls ?? {}, { timeoutMs })
  const exchanges: Exchange[] = []
  const record = (exchange: Exchange): void => {
    exchanges.push(exchange)
    noteCredentials(exchange.request, secrets)
  }
  const isOwn = (['fetch', 'send', 'socketPath', 'dispatcher'] as const).some((name) => transport[name] !== undefined)
  const { tls: _tls, proxy: _proxy, ...rest } = transport
  const examined: IntrospectionClientOptions = {
    ...options,
    // Connections of the user stay as they are. Others are made here, with the same settings, and recorded.
    transport: {
      ...(isOwn ? transport : { ...rest, dispatcher: routes.recorded(proxies, record) }),
      deadlineMs: Math.min(transport.deadlineMs ?? timeoutMs, timeoutMs),
    },
    onWarning: false,
  }
  return { client: await createClient(examined), options, routes, exchanges, secrets, proxies, close: routes.close }
}

/** The environment that has the proxies of the option `transport.proxy`. */
function proxiesOf(proxy: string | undefined, environment: Environment): Environment {
  if (proxy === undefined) return WITHOUT_PROXY
  return proxy === 'environment' ? environment : { HTTPS_PROXY: proxy, HTTP_PROXY: proxy }
}
