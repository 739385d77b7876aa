/** Finds URLs to which nothing may be sent, because they are not https. */
import { isLoopbackHost } from '@token-introspection/core'
import type { Fault } from '../diagnosis.ts'
import { connectionFaults } from '../faults/connection-faults.ts'

/** The fault of the first of the URLs that is http to another machine. */
export function findPlainHttp(
  urls: readonly (string | undefined)[],
  { dangerouslyAllowHttp }: { readonly dangerouslyAllowHttp?: boolean },
): Fault | undefined {
  if (dangerouslyAllowHttp === true) return undefined
  const plain = urls.find((url) => url !== undefined && URL.canParse(url) && isPlainHttp(new URL(url)))
  return plain === undefined ? undefined : connectionFaults.plainHttp(plain)
}

function isPlainHttp({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !isLoopbackHost(hostname)
}
