/** Compares a presented secret with the registered ones in constant time (RFC 6749 §2.3.1). */
import { equalDigests, sha256 } from '#crypto'
import type { Registered } from './registered.ts'

/** Digests of secrets that cannot change: those of frozen entries. Any other is digested afresh, so rotation counts at once. */
const digests = new WeakMap<Registered, readonly Uint8Array[]>()

/** Nobody's secrets: an unknown caller costs the same digest and comparison as a known one. */
const NOBODY: Registered = Object.freeze({ id: '', clientSecrets: Object.freeze(['']) })

/** Whether a secret is one of a caller's; for an unknown caller the answer is no, at the same price. */
export async function verifyClientSecret(caller: Registered | undefined | null, presented: string): Promise<boolean> {
  const digest = await sha256(presented)
  const registered = await digestsOf(caller ?? NOBODY)
  let matches = 0
  for (const candidate of registered) matches |= Number(equalDigests(candidate, digest))
  return matches === 1 && caller !== undefined && caller !== null && presented !== ''
}

function digestsOf(caller: Registered): readonly Uint8Array[] | Promise<readonly Uint8Array[]> {
  return digests.get(caller) ?? digestSecrets(caller)
}

async function digestSecrets(caller: Registered): Promise<readonly Uint8Array[]> {
  const computed: Uint8Array[] = []
  for (const secret of caller.clientSecrets) computed.push(await sha256(secret))
  if (Object.isFrozen(caller) && Object.isFrozen(caller.clientSecrets)) {
    digests.set(caller, computed)
  }
  return computed
}
