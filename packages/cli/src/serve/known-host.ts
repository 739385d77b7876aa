/** Which `Host` fields the server answers. */
import { isLoopbackHost } from '@token-introspection/core'

/**
 * Whether a request names this server: a loopback address, or one of these hosts. The port does not matter, because containers and
 * tunnels change it.
 *
 * @param field - the `Host` field.
 * @param hosts - names without a port.
 */
export function isKnownHost(field: string | undefined, hosts: readonly string[]): boolean {
  if (field === undefined || !URL.canParse(`http://${field}`)) return false
  const { hostname } = new URL(`http://${field}`)
  return isLoopbackHost(hostname) || hosts.includes(hostname)
}
