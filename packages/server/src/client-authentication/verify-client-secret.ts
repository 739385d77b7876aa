/** Compares a presented secret with the registered ones in constant time (RFC 6749 §2.3.1). */
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { sha256 } from '#crypto'
import { type ClientSecret, secretsOf, textOf } from './client-secret.ts'
import { equalDigests } from './equal-digests.ts'
import type { Registered } from './registered.ts'

/** Digests of secrets of frozen entries. Other secrets can change and are digested each time, so rotation works at once. */
const digests = new WeakMap<Registered, readonly string[]>()

/** A secret for unknown callers, so that they cost the same digest and comparison as known ones. */
const NOBODY: Registered = Object.freeze({ id: '', clientSecrets: Object.freeze(['']) })

/**
 * Returns the registered secret that equals the presented one, or `undefined`. An unknown caller, or one without secrets, costs
 * the same time. An expired secret is returned, too, because it must cost the same time as a wrong one.
 */
export function verifyClientSecret(
  caller: Registered | undefined | null,
  presented: string,
): MaybePromise<string | undefined> {
  const holder = !caller || secretsOf(caller).length === 0 ? NOBODY : caller
  const secrets = secretsOf(holder)
  const digest = sha256(presented)
  const registered = digests.get(holder) ?? digestSecrets(holder, secrets)
  const verify = (expected: readonly string[], given: string): string | undefined => {
    const match = findMatch(expected, given)
    const found = secrets[match]
    return holder === NOBODY || presented === '' || found === undefined ? undefined : textOf(found)
  }
  if (!isPromise(digest) && !isPromise(registered)) return verify(registered, digest)
  return Promise.all([registered, digest]).then(([expected, given]) => verify(expected, given))
}

/** Compares with every candidate, so that the time does not reveal which one matched. Returns -1 for none. */
function findMatch(candidates: readonly string[], digest: string): number {
  let match = -1
  for (let index = 0; index < candidates.length; index++) {
    if (equalDigests(candidates[index] as string, digest)) match = index
  }
  return match
}

async function digestSecrets(holder: Registered, secrets: readonly ClientSecret[]): Promise<readonly string[]> {
  const computed: string[] = []
  for (const secret of secrets) computed.push(await sha256(textOf(secret)))
  if (isFrozen(holder, secrets)) digests.set(holder, computed)
  return computed
}

function isFrozen(holder: Registered, secrets: readonly ClientSecret[]): boolean {
  return Object.isFrozen(holder) && Object.isFrozen(secrets) && secrets.every((secret) => Object.isFrozen(secret))
}
