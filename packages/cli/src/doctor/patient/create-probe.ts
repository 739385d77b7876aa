/** Limits what the doctor sends: one request at a time, not too many, and none after the deadline. */
import { errorCodeOf } from '../../connection/error-code.ts'
import type { Exchange } from '../../connection/exchange.ts'
import type { KnownSecrets } from '../../connection/known-secrets.ts'
import type { OpenRoutes } from '../../connection/open-routes.ts'
import { sendRequest } from '../../connection/send-request.ts'
import { noteCredentials } from '../../connection/shown-request.ts'
import type { Environment } from '../../surroundings/surroundings.ts'
import { WITHOUT_PROXY } from './environment-proxy.ts'
import type { Patient, Probe } from './patient.ts'

/** Requests of one examination, with those of the client. */
const MAX_REQUESTS = 20

/** What limits the probes. */
export interface ProbeSettings {
  readonly routes: OpenRoutes
  /** The environment of the process, and the proxies that the client uses. */
  readonly environment: Environment
  readonly proxies: Environment
  /** What the client has sent. */
  readonly exchanges: readonly Exchange[]
  /** The time for everything, and the signal that it is over. */
  readonly timeoutMs: number
  readonly late: AbortSignal
  /** What must not be printed. Credentials of probes are added. */
  readonly secrets: KnownSecrets
}

/** Creates the probe, and the count of everything that was sent. */
export function createProbe(settings: ProbeSettings): Pick<Patient, 'probe' | 'requestCount'> {
  const { routes, environment, proxies, exchanges, timeoutMs, late, secrets } = settings
  const environments = { usual: proxies, direct: WITHOUT_PROXY, proxy: environment }
  let probes = 0
  const requestCount = (): number => exchanges.length + probes
  const probe: Probe = async (request, route = 'usual') => {
    if (late.aborted || requestCount() >= MAX_REQUESTS) return undefined
    probes += 1
    noteCredentials(request, secrets)
    try {
      return { answer: await sendRequest(request, routes.by(environments[route]), { timeoutMs, signal: late }) }
    } catch (error) {
      return { code: errorCodeOf(error) ?? 'UNKNOWN' }
    }
  }
  return { probe, requestCount }
}
