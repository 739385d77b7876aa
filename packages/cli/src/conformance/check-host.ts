/** The suite sends wrong secrets and malformed requests, so it runs against servers of the person only. */
import { isLoopbackHost } from '@token-introspection/core'
import { MisuseError } from '../errors.ts'
import type { ConformanceFlags } from './conformance-options.ts'

/** What the person has confirmed. */
type Confirmed = Pick<ConformanceFlags, 'hostIsMine' | 'dangerouslyAllowHttp'>

/**
 * Refuses a host that is not this machine and was not confirmed, and http to another machine.
 *
 * @throws MisuseError with the remedy.
 */
export function checkHost(url: string, { hostIsMine = [], dangerouslyAllowHttp }: Confirmed): void {
  if (!URL.canParse(url)) throw new MisuseError(`${url}: must be a URL`)
  const { hostname, origin, protocol } = new URL(url)
  if (isLoopbackHost(hostname)) return
  if (!hostIsMine.includes(hostname)) {
    throw new MisuseError(
      `${hostname}: the suite sends wrong secrets and malformed requests, which may lock the caller out or alarm somebody. If the server is yours, add --host-is-mine ${hostname}`,
    )
  }
  if (protocol === 'https:' || dangerouslyAllowHttp === true) return
  throw new MisuseError(
    `${origin}: is not https, so tokens and secrets would cross the network unprotected. Use https, or add --dangerously-allow-http`,
  )
}

/**
 * Refuses an endpoint that the metadata of another machine place on this one: something else may listen here, and get the secret.
 *
 * @throws MisuseError with the remedy.
 */
export function checkEndpoint(endpoint: string, url: string, confirmed: Confirmed): void {
  checkHost(endpoint, confirmed)
  const [{ hostname }, asked] = [new URL(endpoint), new URL(url)]
  if (!isLoopbackHost(hostname) || isLoopbackHost(asked.hostname) || confirmed.hostIsMine?.includes(hostname)) return
  throw new MisuseError(
    `${endpoint}: is on this machine, and the metadata of ${asked.hostname} name it. If that is meant, give it in place of the issuer, or add --host-is-mine ${hostname}`,
  )
}
