/** Compares a presented secret with the registered ones in constant time (RFC 6749 §2.3.1). */
import { sha256 } from '#crypto'
import { equalDigests } from './equal-digests.ts'
import { isPromise, type MaybePromise } from '../maybe-promise.ts'
import type { Registered } from './registered.ts'

/** Digests of secrets that cannot change: those of frozen entries. Any other is digested afresh, so rotation counts at once. */
const digests = new WeakMap<Registered, readonly string[]>()

/** Nobody's secrets: an unknown caller costs the same digest and comparison as a known one. */
const NOBODY: Registered = Object.freeze({ id: '', clientSecrets: Object.freeze(['']) })

/** Whether a secret is one of a caller's; for an unknown caller the answer is no, at the same price. */
export function verifyClientSecret(caller: Registered | undefined | null, presented: string): MaybePromise<boolean> {
  const digest = sha256(presented)
  const registered = digests.get(caller ?? NOBODY) ?? digestSecrets(caller ?? NOBODY)
  const verify = (expected: readonly string[], given: string): boolean =>
    matchesOne(expected, given) && caller !== undefined && caller !== null && presented !== ''
  if (!isPromise(digest) && !isPromise(registered)) return verify(registered, digest)
  return Promise.all([registered, digest]).then(([expected, given]) => verify(expected, given))
}

/** Looks at every candidate, so that the time does not tell which one matched. */
function matchesOne(candidates: readonly string[], digest: string): boolean {
  let matches = 0
  for (const candidate of candidates) matches |= Number(equalDigests(candidate, digest))
  return matches === 1
}

async function digestSecrets(caller: Registered): Promise<readonly string[]> {
  const computed: string[] = []
  for (const secret of caller.clientSecrets) computed.push(await sha256(secret))
  if (Object.isFrozen(caller) && Object.isFrozen(caller.clientSecrets)) {
    digests.set(caller, computed)
  }
  return computed
}
