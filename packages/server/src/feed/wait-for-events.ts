/** Step `feed`, long poll: a question with `wait` is answered when there is an event, or when its time is over. */
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { FeedClosedError } from '../errors.ts'
import type { HttpRequest } from '../http/http-message.ts'
import type { FeedQuestion } from '../request/read-feed-request.ts'
import type { WrittenPage } from './feed-page.ts'
import type { Follower, Followers } from './followers.ts'
import { type PlacesStep, takePlace } from './take-place.ts'

/** The resolved options. */
export interface WaitStep extends PlacesStep {
  readonly followers: Followers
  readonly maxWaitSeconds: number
}

/**
 * Returns the first page if it says something. Otherwise it waits for an event. When the time is over, it reads again, so that
 * an empty page is as fresh as any other.
 */
export async function waitForEvents(
  page: WrittenPage,
  { after, waitSeconds }: Pick<FeedQuestion, 'after' | 'waitSeconds'>,
  protectedResource: Pick<ProtectedResource, 'id'>,
  http: HttpRequest,
  step: WaitStep,
): Promise<WrittenPage> {
  if (waitSeconds === 0 || after === undefined || page.gap || page.events.length > 0) return page
  const leave = takePlace(protectedResource, step)
  try {
    const signal = http.signal?.()
    const waitMs = Math.min(waitSeconds, step.maxWaitSeconds) * 1000
    const news = await nextPage(page.position, waitMs, signal, step.followers)
    if (news !== undefined || signal?.aborted === true) return news ?? page
    return await step.followers.log.readAfter(page.position)
  } finally {
    leave()
  }
}

/** The next page after a position. `undefined` when the time is over, or the sender has left. */
function nextPage(
  position: string,
  waitMs: number,
  signal: AbortSignal | undefined,
  followers: Followers,
): Promise<WrittenPage | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(giveUp, waitMs)
    const follower: Follower = {
      deliver({ page }) {
        stop()
        resolve(page)
        return false
      },
      beat: () => true,
      close() {
        stop()
        reject(new FeedClosedError('the feed was closed'))
      },
    }
    function stop(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    }
    function giveUp(): void {
      stop()
      followers.remove(follower)
      resolve(undefined)
    }
    signal?.addEventListener('abort', giveUp)
    if (signal?.aborted === true) giveUp()
    else followers.add(position, follower)
  })
}
