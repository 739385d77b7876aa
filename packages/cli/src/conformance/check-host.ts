/** The suite sends wrong secrets and malformed requests, so it runs against servers of the person only. */
import { isLoopbackHost } from '@token-introspection/core'
import { MisuseError } from '../errors.ts'

/**
 * Refuses a host that is not this machine and was not confirmed.
 *
 * @throws MisuseError with the remedy.
 */
export function checkHost(url: string, confirmed: readonly string[] = []): void {
  if (!URL.canParse(url)) throw new MisuseError(`${url}: must be a URL`)
  const { hostname } = new URL(url)
  if (isLoopbackHost(hostname) || confirmed.includes(hostname)) return
  throw new MisuseError(
    `${hostname}: the suite sends wrong secrets and malformed requests, which may lock the caller out or alarm somebody. If the server is yours, add --host-is-mine ${hostname}`,
  )
}
