/** The digests under which a database keeps tokens, and lookups under all of them. */
import { allOf, andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { NO_PEPPER, type Pepper } from './pepper.ts'
import type { TokenRecord } from './token-record.ts'

/** The peppers of a store. New tokens are saved with the first one. */
export type Peppers = readonly [Pepper, ...Pepper[]]

/** The digests of tokens with each pepper: first all of them with the first pepper, in their order. */
export function keyedDigests(peppers: readonly Pepper[], digests: readonly string[]): MaybePromise<readonly string[]> {
  return allOf(peppers.flatMap((pepper) => digests.map((digest) => pepper.keyed(digest))))
}

/**
 * Creates a lookup that looks under the digests of all peppers at once. A revoked record comes first, because each process writes a
 * tombstone with every pepper that it knows. Without a pepper it is the lookup of the database itself.
 *
 * @param findKeyed - the lookup of the database.
 */
export function findUnderAll<Found extends TokenRecord>(
  findKeyed: (keyed: string) => MaybePromise<Found | null>,
  peppers: Peppers,
): (digest: string) => MaybePromise<Found | null> {
  if (peppers.length === 1 && peppers[0] === NO_PEPPER) return findKeyed
  return (digest) =>
    andThen(keyedDigests(peppers, [digest]), (keyed) =>
      andThen(allOf(keyed.map(findKeyed)), (found) => {
        const records = found.filter((record) => record !== null)
        return records.find(({ revoked }) => revoked) ?? records[0] ?? null
      }),
    )
}
