/** Compares a presented secret with the registered ones in constant time (RFC 6749 §2.3.1). */
import { equalDigests, sha256 } from '#crypto'
import type { ProtectedResource } from './protected-resource.ts'

/** Digests of secrets that cannot change: those of frozen entries. Any other is digested afresh, so rotation counts at once. */
const digests = new WeakMap<ProtectedResource, readonly Uint8Array[]>()

/** Nobody's secrets: an unknown caller costs the same digest and comparison as a known one. */
const NOBODY: ProtectedResource = Object.freeze({ id: '', clientSecrets: Object.freeze(['']) })

/** Whether a secret is one of a protected resource's; for an unknown one the answer is no, at the same price. */
export async function verifyClientSecret(
  protectedResource: ProtectedResource | undefined | null,
  presented: string,
): Promise<boolean> {
  const digest = await sha256(presented)
  const registered = await digestsOf(protectedResource ?? NOBODY)
  let matches = 0
  for (const candidate of registered) matches |= Number(equalDigests(candidate, digest))
  return matches === 1 && protectedResource !== undefined && protectedResource !== null && presented !== ''
}

function digestsOf(protectedResource: ProtectedResource): readonly Uint8Array[] | Promise<readonly Uint8Array[]> {
  return digests.get(protectedResource) ?? digestSecrets(protectedResource)
}

async function digestSecrets(protectedResource: ProtectedResource): Promise<readonly Uint8Array[]> {
  const computed: Uint8Array[] = []
  for (const secret of protectedResource.clientSecrets) computed.push(await sha256(secret))
  if (Object.isFrozen(protectedResource) && Object.isFrozen(protectedResource.clientSecrets)) {
    digests.set(protectedResource, computed)
  }
  return computed
}
