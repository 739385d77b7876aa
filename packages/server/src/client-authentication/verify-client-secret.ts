/** Compares a presented secret with the registered ones in constant time (RFC 6749 §2.3.1). */
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { sha256 } from '#crypto'
import { equalDigests } from './equal-digests.ts'
import type { Registered } from './registered.ts'

/** Digests of secrets that cannot change: those of frozen entries. Any other is digested afresh, so rotation counts at once. */
const digests = new WeakMap<Registered, readonly string[]>()

/** Nobody's secrets: an unknown caller costs the same digest and comparison as a known one. */
const NOBODY: Registered = Object.freeze({ id: '', clientSecrets: Object.freeze(['']) })

/**
 * The registered secret that equals the presented one; for a caller that is unknown or has no secrets there is none, at
 * the same price.
 */
export function verifyClientSecret(
  caller: Registered | undefined | null,
  presented: string,
): MaybePromise<string | undefined> {
  const holder = caller?.clientSecrets === undefined || caller.clientSecrets.length === 0 ? NOBODY : caller
  const secrets = holder.clientSecrets as readonly string[]
  const digest = sha256(presented)
  const registered = digests.get(holder) ?? digestSecrets(holder, secrets)
  const verify = (expected: readonly string[], given: string): string | undefined => {
    const match = findMatch(expected, given)
    return holder === NOBODY || presented === '' ? undefined : secrets[match]
  }
  if (!isPromise(digest) && !isPromise(registered)) return verify(registered, digest)
  return Promise.all([registered, digest]).then(([expected, given]) => verify(expected, given))
}

/** Looks at every candidate, so that the time does not tell which one matched; -1 when none did. */
function findMatch(candidates: readonly string[], digest: string): number {
  let match = -1
  for (let index = 0; index < candidates.length; index++) {
    if (equalDigests(candidates[index] as string, digest)) match = index
  }
  return match
}

async function digestSecrets(holder: Registered, secrets: readonly string[]): Promise<readonly string[]> {
  const computed: string[] = []
  for (const secret of secrets) computed.push(await sha256(secret))
  if (Object.isFrozen(holder) && Object.isFrozen(secrets)) digests.set(holder, computed)
  return computed
}
