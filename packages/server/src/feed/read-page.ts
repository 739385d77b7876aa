/** Step `feed`: answers a question by a read of the log that begins after the question has arrived. */
import { RequestInvalidError } from '@token-introspection/core'
import { FeedClosedError } from '../errors.ts'
import type { FeedQuestion } from '../request/read-feed-request.ts'
import type { WrittenPage } from './feed-page.ts'
import type { Followers } from './followers.ts'

/**
 * Reads the page for a question.
 *
 * @throws FeedLogError when the log cannot be read, FeedClosedError when the handler was closed.
 */
export async function readPage(
  { after, replay }: Pick<FeedQuestion, 'after' | 'replay'>,
  { followers: { isClosed, log } }: { readonly followers: Followers },
): Promise<WrittenPage> {
  if (isClosed) throw new FeedClosedError('the feed was closed')
  if (!replay) return await log.readAfter(after)
  const oldest = log.readOldest()
  if (oldest === undefined) throw new RequestInvalidError('the log cannot be replayed')
  return await oldest
}

/**
 * Says on the page which secret the log has.
 *
 * @throws FeedLogError when the log cannot say it in time.
 */
export async function nameSecret(
  page: WrittenPage,
  { followers: { log } }: { readonly followers: Followers },
): Promise<WrittenPage> {
  return { ...page, key_check: await log.keyCheck() }
}
