/** Compares two issuers that should be the same. */
import { isLoopbackHost } from '@token-introspection/core'

/**
 * How the issuer that a server names differs from that of the configuration. `name`: the same place under another name, by scheme, host
 * or port. `slash`: only the slash at the end. `other`: another server, or another tenant of it.
 */
export type IssuerDifference = 'same' | 'slash' | 'name' | 'other'

/** Compares them. Both are URLs. */
export function compareIssuers(configured: string, named: string): IssuerDifference {
  if (configured === named) return 'same'
  if (configured.replace(/\/$/, '') === named.replace(/\/$/, '')) return 'slash'
  const [ours, theirs] = [new URL(configured), new URL(named)]
  const isSamePath = pathOf(ours) === pathOf(theirs)
  // Without a path there is nothing that tells two servers apart, unless this is one machine or one domain.
  if (isSamePath && (pathOf(ours) !== '' || isSamePlace(ours, theirs))) return 'name'
  return 'other'
}

function pathOf({ pathname }: URL): string {
  return pathname.replace(/\/$/, '')
}

function isSamePlace(ours: URL, theirs: URL): boolean {
  if (ours.hostname === theirs.hostname) return true
  if (isLoopbackHost(ours.hostname) || isLoopbackHost(theirs.hostname)) return true
  // A name without a dot is one inside a network, and the other one is its public name.
  return !ours.hostname.includes('.') || !theirs.hostname.includes('.') || /^[\d.]+$|^\[/.test(ours.hostname)
}
