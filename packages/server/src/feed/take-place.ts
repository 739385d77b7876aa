/** Takes a place for a follower that is going to wait. */
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { FeedFollowersError } from '../errors.ts'
import type { Places } from './places.ts'

/** What taking a place needs. */
export interface PlacesStep {
  readonly places: Places
  /** The `Retry-After` of a refusal, in seconds. */
  readonly retryAfterSeconds: number
}

/**
 * Takes a place.
 *
 * @returns gives it back.
 * @throws FeedFollowersError when there is none for this protected resource.
 */
export function takePlace(
  { id }: Pick<ProtectedResource, 'id'>,
  { places, retryAfterSeconds }: PlacesStep,
): () => void {
  const leave = places.take(id)
  if (leave === undefined) {
    throw new FeedFollowersError(
      'the protected resource has as many waiting followers as there are free places; raise feed.maxFollowers, or put a relay between',
      retryAfterSeconds,
    )
  }
  return leave
}
