/** Step `response`: says of an answer that cannot be read where it came from, and which options read it. */
import { messageOf, ResponseMalformedError, withoutQuery } from '@token-introspection/core'
import type { TransportReply } from '../transport/transport.ts'
import { adviseTolerances, findTolerances } from './find-tolerances.ts'
import type { Tolerance } from './tolerance-options.ts'

/** The options are looked for by reading the answer again and again, so a longer answer is not read for them. */
const MAX_READ_AGAIN_BYTES = 16_384

/**
 * The error to throw in place of one that reading an answer threw. Other errors stay as they are.
 *
 * @param url - the endpoint that answered.
 * @param tolerance - what is tolerated already.
 */
export function explainMalformed(
  error: unknown,
  reply: Pick<TransportReply, 'status' | 'body'>,
  url: string,
  tolerance: Tolerance | undefined,
): unknown {
  if (!(error instanceof ResponseMalformedError)) return error
  const place = `introspection at ${withoutQuery(url)}: `
  const message = messageOf(error)
  const isReadAgain = reply.status === 200 && reply.body.byteLength <= MAX_READ_AGAIN_BYTES
  const advice = isReadAgain ? adviseTolerances(findTolerances(reply.body, tolerance)) : undefined
  return new ResponseMalformedError(
    `${message.startsWith(place) ? '' : place}${message}${advice === undefined ? '' : `. ${advice}`}`,
    error.cause === undefined ? {} : { cause: error.cause },
  )
}
